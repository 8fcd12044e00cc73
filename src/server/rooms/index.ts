export { ownProperty } from './attach-request.js';
export { RoomAuthorizer } from './room-authorizer.js';
export { ClaimsRoomAuthorizer } from './claims-room-authorizer.js';
export { RoomAdmission } from './room-admission.js';
export { AskedRooms } from './asked-rooms.js';
export { RoomEntry } from './room-entry.js';
export { GatewayRooms } from './gateway-rooms.js';
export { nameSockets } from './own-socket-rooms.js';
