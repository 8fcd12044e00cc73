import { ENVIRONMENT, resolveGatewayOptions, type Environment } from '../../config/index.js';
import { GatewayError } from '../../contract/index.js';
import { jobSecrets, type JobSecret } from '../../job-rooms/index.js';
import { normaliseRoom } from '../../names/index.js';
import { resolveLimits } from '../limits/index.js';
import { isNamespaceOf } from './namespace-of.js';
import type {
  JwtOptions,
  ResolvedAuth,
  ResolvedJwt,
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
  const shared = resolveGatewayOptions(socketGatewaySchema, options, env, 'Socket gateway');
  const { auth, cors, path, transports, transport = 'pubsub' } = options;
  if (!auth?.jwt && !hasAuthenticator) {
    throw new GatewayError(
      'INVALID_OPTIONS',
      'Socket gateway options: auth.jwt: is missing. Give a key to verify tokens with, or an authenticator of your own; without one everybody could be everybody.',
    );
  }
  requireGuardedNamespace(auth?.publicNamespaces, shared.namespace);
  return Object.freeze({
    ...shared,
    auth: resolveAuth(auth ?? {}),
    transport,
    maxReplay: options.maxReplay ?? shared.log.maxLength + 128,
    jobSecrets: resolveJobSecrets(options.jobs?.secret ?? env[ENVIRONMENT.jobSecret]),
    durableWhileAway: options.durableWhileAway ?? 'queue',
    drainMs: options.drainMs ?? 5000,
    limits: resolveLimits(options.limits, shared.maxPayloadBytes),
    server: Object.freeze({
      ...(cors !== undefined && { cors }),
      ...(path !== undefined && { path }),
      ...(transports !== undefined && { transports: [...transports] }),
    }),
  });
}

function resolveJobSecrets(secret: JobSecret | undefined): readonly Buffer[] {
  // An empty variable counts as one that is not set.
  if (secret === undefined || secret === '') return [];
  return Object.freeze(jobSecrets(secret, 'Socket gateway options: jobs.secret'));
}

/** In the gateway's own namespace a socket without a user would hear what is broadcast. */
function requireGuardedNamespace(
  publicNamespaces: readonly (string | RegExp)[] | undefined,
  namespace: string,
): void {
  const index = publicNamespaces?.findIndex((one) => isNamespaceOf(one, namespace)) ?? -1;
  if (index === -1) return;
  throw new GatewayError(
    'INVALID_OPTIONS',
    `Socket gateway options: auth.publicNamespaces[${index}]: must not match '${namespace}', the gateway's own namespace.`,
  );
}

function resolveAuth(auth: SocketAuthOptions): ResolvedAuth {
  return Object.freeze({
    jwt: auth.jwt && resolveJwt(auth.jwt),
    userId: auth.userId ?? ((claims) => claims['sub']),
    cookie: auth.cookie,
    publicNamespaces: Object.freeze([...(auth.publicNamespaces ?? [])]),
    defaultRooms: Object.freeze((auth.defaultRooms ?? []).map(normaliseRoom)),
    isRevoked: auth.isRevoked,
    isRevokedTimeoutMs: auth.isRevokedTimeoutMs ?? 5000,
    expiryNoticeMs: auth.expiryNoticeMs ?? 60_000,
  });
}

function resolveJwt(jwt: JwtOptions): ResolvedJwt {
  return Object.freeze({
    key: jwt.keyProvider ?? (() => jwt.secret ?? jwt.publicKey),
    algorithms: Object.freeze([...jwt.algorithms]),
    issuer: listOf(jwt.issuer),
    audience: listOf(jwt.audience),
    clockToleranceMs: jwt.clockToleranceMs ?? 0,
    requireExpiry: jwt.requireExpiry ?? true,
  });
}

function listOf(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : Object.freeze([value].flat());
}
