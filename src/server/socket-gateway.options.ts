import type { ServerOptions } from 'socket.io';
import type { GatewayOptions, ResolvedGatewayOptions } from '../config/index.js';
import type { SocketTransport } from './transport/index.js';

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

/** How tokens are verified. */
export interface JwtOptions {
  /** The shared secret of the HS algorithms. There is no default, and an empty one is refused. */
  secret?: string | Buffer | undefined;

  /** The public key of the RS, PS and ES algorithms, as PEM. */
  publicKey?: string | Buffer | undefined;

  /** What tokens may be signed with; others are refused, whatever their header says. No default: name them. */
  algorithms: readonly JwtAlgorithm[];

  /**
   * Refuse tokens without `exp`: a connection could outlive everything.
   * @default true
   */
  requireExpiry?: boolean | undefined;
}

/** Who may connect. */
export interface SocketAuthOptions {
  jwt: JwtOptions;

  /**
   * Reads the user's id from a verified token's claims: a string or number, 1 to 256 bytes. What it throws, and any
   * other value, refuses the connection.
   * @default claims.sub
   */
  userId?: ((claims: Readonly<Record<string, unknown>>) => unknown) | undefined;
}

/** The options of `SocketGatewayModule`. */
export interface SocketGatewayOptions extends GatewayOptions {
  /** Who may connect. Required unless the module is given an `authenticator`. */
  auth?: SocketAuthOptions | undefined;

  /** CORS of the Socket.IO server. @default none: pages of the same origin only */
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
}

/** {@link SocketAuthOptions} with everything decided. */
export interface ResolvedAuth {
  readonly jwt: {
    readonly key: string | Buffer;
    readonly algorithms: readonly JwtAlgorithm[];
    readonly requireExpiry: boolean;
  };
  readonly userId: (claims: Readonly<Record<string, unknown>>) => unknown;
}

/** {@link SocketGatewayOptions} with everything decided. */
export interface ResolvedSocketGatewayOptions extends ResolvedGatewayOptions {
  readonly auth: ResolvedAuth | undefined;
  readonly transport: 'pubsub' | 'local' | SocketTransport;
  /** What the Socket.IO server is made with; left out is what nothing was said about. */
  readonly server: Readonly<Partial<ServerOptions>>;
}
