export { EventPublisher } from './event-publisher.js';
export { emitTo } from './emit-to.js';
export type { LiveSender, LiveTarget } from './live-sender.js';
export { AbsentLiveSender } from './absent-live-sender.js';
export { assertOneEmitter } from './assert-one-emitter.js';
export { PublishCapture } from './publish-capture.js';
export { MsgpackParser } from './msgpack/index.js';
export { PublishingEmitter } from './publishing-emitter.js';
export { RedisLiveSender } from './redis-live-sender.js';
