export { ReceiptRegister, type ReceiptLimits, type TakenEvent } from './receipt-register.js';
export { MemoryReceiptRegister } from './memory-receipt-register.js';
export { RedisReceiptRegister } from './redis-register/redis-receipt-register.js';
export { DeliveryWatch } from './delivery-watch.js';
export { ForwardingLog, type AppendingLog } from './forwarding-log.js';
export { RegisteringLog } from './registering-log.js';
export { UndeliveredHandlers } from './undelivered-handlers.js';
export { resolveUndeliveredOptions } from './undelivered-options.js';
export { parseTaken } from './parse-taken.js';
