export { normaliseRoom, normaliseUserId, userRoom } from './rooms.js';
export { LIBRARY_EVENTS } from './library-events.js';
export { checkEventName, isReservedBySocketIo } from './event-names.js';
export { isShortText } from './short-texts.js';
