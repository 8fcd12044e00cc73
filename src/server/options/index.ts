export type {
  JwtAlgorithm,
  JwtHeader,
  JwtKeyProvider,
  JwtOptions,
  ResolvedAuth,
  ResolvedJwt,
  ResolvedSocketGatewayOptions,
  SocketAuthOptions,
  SocketJobsOptions,
  SocketGatewayOptions,
} from './socket-gateway.options.js';
export { resolveSocketGatewayOptions } from './resolve-socket-gateway-options.js';
export { isNamespaceOf } from './namespace-of.js';
