export type { GatewayOptions, RedisClientLike, RedisOption } from './gateway.options.js';
export { resolveGatewayOptions, type ResolvedGatewayOptions } from './resolve-gateway-options.js';
export type { ResolvedRedis } from './resolve-redis.js';
export { gatewayOptionsEntries, wholeNumber } from './gateway-options.schema.js';
export { checkOptions } from './check-options.js';
export { ENVIRONMENT, type Environment } from './environment.js';
export { DEFAULT_ROOM_LOG_LIMITS, type RoomLogLimits } from './room-log-limits.js';
export { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from './outbox-limits.js';
export { DEFAULT_DELIVERY } from './default-delivery.js';
