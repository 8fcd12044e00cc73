export { PRESENT, type AttachStart } from './attach-start.js';
export type { AttachReport } from './attach-report.interface.js';
export { SocketRooms } from './socket-rooms.js';
export { DeliveryMeter } from './delivery-meter.js';
