export type { GatewayOptions, RedisClientLike, RedisOption } from './gateway.options.js';
export { resolveGatewayOptions, type ResolvedGatewayOptions } from './resolve-gateway-options.js';
export type { ResolvedRedis } from './resolve-redis.js';
export { gatewayOptionsEntries } from './gateway-options.schema.js';
export { checkOptions } from './check-options.js';
export { ENVIRONMENT, type Environment } from './environment.js';
