import { resolveGatewayOptions, type Environment } from '../config/index.js';
import { GatewayError } from '../contract/index.js';
import type {
  ResolvedAuth,
  ResolvedSocketGatewayOptions,
  SocketAuthOptions,
  SocketGatewayOptions,
} from './socket-gateway.options.js';
import { socketGatewaySchema } from './socket-gateway.schema.js';

/**
 * Checks the options of `SocketGatewayModule`, fills in defaults and the environment, and freezes the result.
 *
 * @param hasAuthenticator whether the application brings its own, which makes `auth` superfluous
 * @throws INVALID_OPTIONS, REDIS_NOT_CONFIGURED
 */
export function resolveSocketGatewayOptions(
  options: SocketGatewayOptions,
  env: Environment,
  hasAuthenticator: boolean,
): ResolvedSocketGatewayOptions {
  const shared = resolveGatewayOptions(socketGatewaySchema, options, env, 'SocketGatewayModule');
  const { auth, cors, path, transports, transport = 'pubsub' } = options;
  if (!auth && !hasAuthenticator) {
    throw new GatewayError(
      'INVALID_OPTIONS',
      'SocketGatewayModule options: auth: is missing. Give a key to verify tokens with (auth.jwt), or an authenticator of your own; without one everybody could be everybody.',
    );
  }
  return Object.freeze({
    ...shared,
    auth: auth && resolveAuth(auth),
    transport,
    server: Object.freeze({
      ...(cors !== undefined && { cors }),
      ...(path !== undefined && { path }),
      ...(transports !== undefined && { transports: [...transports] }),
    }),
  });
}

function resolveAuth({ jwt, userId }: SocketAuthOptions): ResolvedAuth {
  // The schema has made sure that there is exactly one of them.
  const key = (jwt.secret ?? jwt.publicKey) as string | Buffer;
  return Object.freeze({
    jwt: Object.freeze({
      key,
      algorithms: Object.freeze([...jwt.algorithms]),
      requireExpiry: jwt.requireExpiry ?? true,
    }),
    userId: userId ?? ((claims) => claims['sub']),
  });
}
