import type { Adapter } from 'socket.io-adapter';
import type { Namespace } from 'socket.io';

/**
 * How `live` events and commands travel between servers. `pubsub` and `local` come with the library; an own one is
 * given as the option `transport`.
 */
export interface SocketTransport {
  /** For logs. */
  readonly name: string;

  /** Makes the Socket.IO adapter of one namespace; it must deliver to this server's own sockets whatever happens. */
  createAdapter(namespace: Namespace): Adapter;

  /**
   * Runs `action`, which emits on namespaces with these adapters, and resolves when the other servers' share of it
   * has been handed over.
   *
   * @throws (rejects) a `GatewayError` when it could not be, or not in time; never hangs
   */
  deliver(action: () => unknown): Promise<void>;

  /** Ends what the transport opened; called once, after all sockets are closed. */
  close(): Promise<void>;
}
