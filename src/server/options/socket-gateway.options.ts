import type { ServerOptions } from 'socket.io';
import type { GatewayOptions, ResolvedGatewayOptions } from '../../config/index.js';
import type { AuthenticatedUser } from '../users/index.js';
import type { JobSecret } from '../../job-rooms/index.js';
import type { LimitsOptions, ResolvedLimits } from '../limits/index.js';
import type { SocketTransport } from '../transport/index.js';

/** Algorithms that a token may be signed with. `none` is not among them. */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'PS256'
  | 'PS384'
  | 'PS512';

/** What a token's header says of the key that signed it; not verified yet. */
export interface JwtHeader {
  readonly alg: JwtAlgorithm;
  readonly kid?: string;
}

/**
 * Finds the key that verifies a token, for keys that are rotated: `({ kid }) => keys.get(kid)`. Undefined refuses
 * the token; a throw or rejection refuses with AUTH_UNAVAILABLE, so that clients try again. It is asked at every
 * connection: cache what it fetches.
 */
export type JwtKeyProvider = (
  header: JwtHeader,
) => string | Buffer | undefined | Promise<string | Buffer | undefined>;

/** How tokens are verified. Exactly one of `secret`, `publicKey` and `keyProvider` is needed. */
export interface JwtOptions {
  /** The shared secret of the HS algorithms. There is no default, and an empty one is refused. */
  secret?: string | Buffer | undefined;

  /** The public key of the RS, PS and ES algorithms, as PEM. */
  publicKey?: string | Buffer | undefined;

  /** Finds the key for each token. */
  keyProvider?: JwtKeyProvider | undefined;

  /** What tokens may be signed with; others are refused, whatever their header says. No default: name them. */
  algorithms: readonly JwtAlgorithm[];

  /** Who must have issued the token (`iss`). @default not checked */
  issuer?: string | readonly string[] | undefined;

  /** Whom the token must be meant for (`aud`). @default not checked */
  audience?: string | readonly string[] | undefined;

  /**
   * How far the clocks of who signs and who verifies may differ, in milliseconds, for `exp` and `nbf`.
   * @default 0
   */
  clockToleranceMs?: number | undefined;

  /**
   * Refuse tokens without `exp`: whoever got hold of one could connect for ever.
   * @default true
   */
  requireExpiry?: boolean | undefined;
}

/** Who may connect, and which rooms they are in from the start. */
export interface SocketAuthOptions {
  /** Required unless the module is given an `authenticator`. */
  jwt?: JwtOptions | undefined;

  /**
   * Reads the user's id from a verified token's claims: a string or number, 1 to 256 bytes. What it throws, and any
   * other value, refuses the connection.
   * @default claims.sub
   */
  userId?: ((claims: Readonly<Record<string, unknown>>) => unknown) | undefined;

  /**
   * The name of a cookie that has the token when neither `auth.token` nor a header does. Browsers send cookies for
   * pages of any origin, so then an Origin header is required, and it must be allowed.
   * @default none: cookies are not read
   */
  cookie?: string | undefined;

  /**
   * Namespaces of the application's own gateways that anybody may connect to. The gateway's own cannot be one.
   * @default none
   */
  publicNamespaces?: readonly (string | RegExp)[] | undefined;

  /**
   * Rooms that every user's sockets join on connecting, beside the user's own.
   * @default none
   */
  defaultRooms?: readonly string[] | undefined;

  /**
   * Whether what a user came with was revoked: `({ claims }) => revoked.has(claims.jti)`. Asked when a client connects or
   * refreshes, and of all who are connected when revocations may have been missed; let it cache. What it throws refuses with
   * AUTH_UNAVAILABLE, so that clients try again. `revokeUser` closes the connections that are there.
   * @default nothing is revoked
   */
  isRevoked?: ((user: AuthenticatedUser) => boolean | Promise<boolean>) | undefined;

  /**
   * How long `isRevoked` may take, 10 to 60,000 milliseconds; then it counts as thrown. Too short, and a slow moment of your
   * store refuses everybody; too long, and clients hang while it does.
   * @default 5000
   */
  isRevokedTimeoutMs?: number | undefined;

  /**
   * How long before its token ends a client is told `gateway:auth-expiring`, 0 to 3,600,000 milliseconds; 0: not at all. Of a
   * shorter life at its half. Too short, and clients have no time to get a new token; longer than your tokens live, and they
   * get new ones all the time.
   * @default 60000
   */
  expiryNoticeMs?: number | undefined;
}

/** How users may watch jobs. */
export interface SocketJobsOptions {
  /**
   * What the tokens of `JobChannels` are signed with: at least 32 bytes. Several, the newest first, while one is replaced. Without
   * it no token is good, and a job may be watched by the user whom it is done for only.
   * @default the environment variable SOCKET_JOB_SECRET
   */
  secret?: JobSecret | undefined;
}

/** The options of `SocketGatewayModule`. */
export interface SocketGatewayOptions extends GatewayOptions {
  /** Who may connect. Required unless the module is given an `authenticator`. */
  auth?: SocketAuthOptions | undefined;

  /**
   * CORS of the Socket.IO server. Its `origin` also says which pages may open a WebSocket, which browsers do not
   * subject to CORS. Pages of the server's own host always may.
   * @default none: pages of the same origin only
   */
  cors?: ServerOptions['cors'];

  /** The path of the Socket.IO server in the HTTP server. @default '/socket.io' */
  path?: string | undefined;

  /**
   * The ways in which clients may connect. Several servers behind a load balancer without sticky sessions need
   * `['websocket']`.
   * @default ['polling', 'websocket']
   */
  transports?: readonly ('polling' | 'websocket')[] | undefined;

  /**
   * How `live` events travel between servers: `pubsub` (Redis), `local` (not at all), or an own one.
   * @default 'pubsub' with a Redis, else 'local'
   */
  transport?: 'pubsub' | 'local' | SocketTransport | undefined;

  /** The rooms of jobs. */
  jobs?: SocketJobsOptions | undefined;

  /**
   * The most events that a client which returns is sent of one room, 1 to 200,000; of more it is sent the newest, after a
   * `gateway:gap` with the reason `limit`.
   * @default logMaxLength + 128: everything that is kept
   */
  maxReplay?: number | undefined;

  /**
   * What becomes of this server's own `durable` emits while Redis is away. `queue`: they wait in memory and nobody sees
   * them before the log has them, so nothing is lost, repeated or out of order. `live`: they go to this server's own
   * sockets at once and are not kept; their result is `failed`, as that of a live emit.
   * @default 'queue'
   */
  durableWhileAway?: 'queue' | 'live' | undefined;

  /**
   * How long clients may take to leave when the server ends, in milliseconds, 0 to 600,000. Each is told when to connect
   * elsewhere, spread over this time, and disconnected a moment later. Without clients it takes no time; 0 asks nobody, for
   * tests. Too short, and all clients of a server come to the others at once; longer than the grace period of what stops the
   * process, and the last ones are cut off with it.
   * @default 5000
   */
  drainMs?: number | undefined;

  /** What one client, user or address may take of this server. Each has a default. */
  limits?: LimitsOptions | undefined;
}

/** {@link JwtOptions} with everything decided. */
export interface ResolvedJwt {
  readonly key: JwtKeyProvider;
  readonly algorithms: readonly JwtAlgorithm[];
  readonly issuer: readonly string[] | undefined;
  readonly audience: readonly string[] | undefined;
  readonly clockToleranceMs: number;
  readonly requireExpiry: boolean;
}

/** {@link SocketAuthOptions} with everything decided. */
export interface ResolvedAuth {
  readonly jwt: ResolvedJwt | undefined;
  readonly userId: (claims: Readonly<Record<string, unknown>>) => unknown;
  readonly cookie: string | undefined;
  readonly publicNamespaces: readonly (string | RegExp)[];
  readonly defaultRooms: readonly string[];
  readonly isRevoked: ((user: AuthenticatedUser) => boolean | Promise<boolean>) | undefined;
  readonly isRevokedTimeoutMs: number;
  readonly expiryNoticeMs: number;
}

/** {@link SocketGatewayOptions} with everything decided. */
export interface ResolvedSocketGatewayOptions extends ResolvedGatewayOptions {
  readonly auth: ResolvedAuth;
  readonly transport: 'pubsub' | 'local' | SocketTransport;
  readonly maxReplay: number;
  readonly durableWhileAway: 'queue' | 'live';
  readonly drainMs: number;
  /** What tokens of jobs' rooms may be signed with. */
  readonly jobSecrets: readonly Buffer[];
  readonly limits: ResolvedLimits;
  /** What the Socket.IO server is made with; left out is what nothing was said about. */
  readonly server: Readonly<Partial<ServerOptions>>;
}
