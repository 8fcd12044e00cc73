export {
  ReceiptRegister,
  type Ending,
  type ReceiptLimits,
  type RegisteredEvent,
  type Registration,
  type TakenEvent,
  type TakenEvents,
  type TakeOptions,
} from './receipt-register.js';
export { MemoryReceiptRegister } from './memory-receipt-register.js';
export {
  RedisReceiptRegister,
  type RedisReceiptRegisterSettings,
} from './redis-register/redis-receipt-register.js';
export { DeliveryWatch } from './delivery-watch.js';
export { ForwardingLog, type AppendingLog } from './forwarding-log.js';
export { RegisteringLog } from './registering-log.js';
export { UndeliveredHandlers } from './undelivered-handlers.js';
export type { UndeliveredLoopSettings } from './undelivered-loop.js';
export { resolveUndeliveredOptions } from './undelivered-options.js';
export { parseTaken } from './parse-taken.js';
