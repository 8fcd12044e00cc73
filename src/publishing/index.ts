export { EventPublisher, type EventPublisherSettings } from './event-publisher.js';
export { EmitterCore, type EmitterCoreSettings } from './emitter-core.js';
export { PublishingEmitter } from './publishing-emitter.js';
export { createReceiptRegister } from './create-receipt-register.js';
export { createRedisLog } from './create-redis-log.js';
export { AbsentRoomLog } from './absent-room-log.js';
export { LibraryEvents } from './library-events.js';
export { isReadableData } from './readable-data.js';
export { RoomReader } from './room-reader.js';
export { emitTo } from './emit-to.js';
export type { LiveSender, LiveTarget } from './live-sender.js';
export type { KeptEmit, KeptSender } from './kept-sender.js';
export { AbsentLiveSender } from './absent-live-sender.js';
export { assertOneEmitter } from './assert-one-emitter.js';
export { PublishCapture } from './publish-capture.js';
export { MsgpackParser } from './msgpack/index.js';
export { RedisLiveSender } from './redis-live-sender.js';
export {
  CommandSender,
  commandTo,
  CONTROL_ROOM,
  encodeCommand,
  parseCommand,
  RELAYED,
  type GatewayCommand,
} from './commands/index.js';
