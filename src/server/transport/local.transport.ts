import { Adapter } from 'socket.io-adapter';
import type { Namespace } from 'socket.io';
import type { SocketTransport } from './socket-transport.interface.js';

/** One server by itself: what is emitted reaches its own sockets, and there are no others. */
export class LocalTransport implements SocketTransport {
  readonly name = 'local';

  createAdapter(namespace: Namespace): Adapter {
    return new Adapter(namespace);
  }

  // Async, so that what the action throws becomes a rejection.
  // eslint-disable-next-line @typescript-eslint/require-await
  async deliver(action: () => unknown): Promise<void> {
    action();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
