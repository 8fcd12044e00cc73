import type { ClientConnection } from './client-connection.js';
import type { ByteStream, EngineTransport, WebSocketConnection } from './engine-connection.js';
import type { LimitReport } from './limit-report.js';

/**
 * Reads clients no faster than they may send. What is not read waits in the network, and then at the client itself: nothing
 * is lost, and nothing is spent on it. All bytes count, in whatever frames they come.
 */
export class InboundFlow {
  readonly #report: LimitReport;
  readonly #clients = new WeakMap<ByteStream, ClientConnection>();
  // One function for all connections, which are many.
  readonly #onBytes: (this: ByteStream, bytes: { readonly length: number }) => void;

  constructor(report: LimitReport) {
    this.#report = report;
    const clients = this.#clients;
    const took = (client: ClientConnection, bytes: number): void => this.#took(client, bytes);
    this.#onBytes = function (bytes) {
      const client = clients.get(this);
      if (client) took(client, bytes.length);
    };
  }

  /** Looks after what comes in by one of the transports of a client; may be called again. */
  watch(client: ClientConnection, { socket }: EngineTransport): void {
    const stream = socket?._socket;
    if (!stream?.on || this.#clients.has(stream)) return;
    this.#clients.set(stream, client);
    stream.on('data', this.#onBytes);
  }

  /** Whose websocket it is; undefined when nothing that comes by it is looked after. */
  clientOf({ _socket }: WebSocketConnection): ClientConnection | undefined {
    return _socket ? this.#clients.get(_socket) : undefined;
  }

  /** A client is gone. A weak map that is left to the garbage collector grows with all that came since it ran, and stays so. */
  forget({ socket }: EngineTransport): void {
    if (socket?._socket) this.#clients.delete(socket._socket);
  }

  /** A message has come in; those of websockets have been counted as bytes. */
  message(client: ClientConnection, bytes: number): void {
    if (!client.connection.transport.socket?._socket) this.#took(client, bytes);
  }

  /** For how long nothing more is to be read of a client that polls. */
  waitMs(client: ClientConnection): number {
    const now = performance.now();
    return Math.max(client.waitMs(now), ...client.payers.map(({ sent }) => sent.waitMs(now)));
  }

  #took(client: ClientConnection, bytes: number): void {
    const now = performance.now();
    const own = client.take(bytes, now);
    let wait = own;
    for (const { sent } of client.payers) wait = Math.max(wait, sent.take(bytes, now));
    if (wait === 0) return;
    client.pauseFor(wait);
    this.#report.refused(wait === own ? 'bytes-per-socket' : 'bytes-per-user');
  }
}
