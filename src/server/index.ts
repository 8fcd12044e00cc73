export { SocketGatewayModule } from './socket-gateway.module.js';
export type {
  JwtAlgorithm,
  JwtHeader,
  JwtKeyProvider,
  JwtOptions,
  SocketAuthOptions,
  SocketJobsOptions,
  SocketGatewayOptions,
} from './options/index.js';
export type { LimitsOptions } from './limits/index.js';
export type { SocketGatewayExtras } from './socket-gateway.module-definition.js';
export { RedisIoAdapter } from './redis-io.adapter.js';
export { SocketGateway } from './socket-gateway.js';
export { RefusedError, SocketAuthenticator } from './auth/index.js';
export { getSocketUser, SocketUser, type AuthenticatedUser } from './users/index.js';
export { RoomAuthorizer } from './rooms/index.js';
export type { JobSecret } from '../job-rooms/index.js';
export {
  SocketGatewayHealth,
  SocketGatewayHealthIndicator,
  type SocketGatewayHealthResult,
} from './health/index.js';
export { GatewayExceptionFilter } from './gateway-exception.filter.js';
export type { SocketTransport } from './transport/index.js';
export * from '../common/index.js';
