import type { ManagerOptions, SocketOptions } from 'socket.io-client';
import type { Rewind } from '../contract/index.js';
import type { GatewayClientError } from './client-error.js';
import type { PositionStorage } from './position-store.js';

/** Options of `io()` that a client does not decide about itself. */
export type ClientSocketOptions = Partial<
  Omit<
    ManagerOptions & SocketOptions,
    | 'auth'
    | 'autoConnect'
    | 'force new connection'
    | 'forceNew'
    | 'multiplex'
    | 'reconnection'
    | 'reconnectionAttempts'
  >
>;

/** What a client may be told. */
export interface ConnectGatewayOptions {
  /**
   * The token, or what gives it: asked at every attempt to connect, so let it cache, but not for longer than it lives. With a
   * function, a token that ends soon is replaced on the connection that is there, and one that has expired at the next; a fixed
   * one that has expired ends in the state 'refused'.
   * @default none is sent: the server reads a cookie
   */
  token?: string | (() => string | Promise<string>) | undefined;
  /** Rooms to be in from the beginning. @default those that the server decides */
  rooms?: readonly string[] | undefined;
  /**
   * How far back to begin in rooms without a position: a number of events, or 'all' that are kept. For pages that build
   * their state from the events.
   * @default the present
   */
  rewind?: Rewind | undefined;
  /**
   * Where positions outlive a reload: `sessionStorage`. Only beside state that is kept as well, or the page goes on after
   * events that it no longer shows; otherwise use `rewind`, or load a snapshot.
   * @default positions live as long as the client
   */
  storage?: PositionStorage | undefined;
  /**
   * The key in `storage`. Two clients that live at one time need two.
   * @default 'nestjs-socket-gateway:' and the url
   */
  storageKey?: string | undefined;
  /**
   * Options of `io()`: path, transports and so on. The connection is always one of its own, and tried again for ever.
   * `reconnectionDelay` and `reconnectionDelayMax` are also the bounds of what is tried again after a refusal.
   * @default those of socket.io-client; after a refusal 1 second, doubling to 30
   */
  socketOptions?: ClientSocketOptions | undefined;
  /** Is told what nobody waits for; see the codes of {@link GatewayClientError}. @default console.error */
  onError?: ((error: GatewayClientError) => void) | undefined;
  /** Whether it connects by itself; `false`: when `start()` is called. @default true */
  autoStart?: boolean | undefined;
}
