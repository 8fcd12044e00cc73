import type { ClientConnection } from './client-connection.js';
import type { EnginePacket, EngineTransport } from './engine-connection.js';

/**
 * Takes the engine's place at the transports of clients: what comes in gets to the engine only by the client's `parse`.
 *
 * At the transport, not at the connection: there one more kind of event would double what the listeners of each take.
 */
export class IncomingPackets {
  readonly #clients = new WeakMap<EngineTransport, ClientConnection>();
  // One for all transports, called with the transport as `this`.
  readonly #onPacket: (this: EngineTransport, packet: EnginePacket) => void;

  constructor(received: (client: ClientConnection, packet: EnginePacket) => void) {
    const clients = this.#clients;
    this.#onPacket = function (packet) {
      const client = clients.get(this);
      if (client) received(client, packet);
    };
  }

  /**
   * From now on takes what comes by this transport of a client, and by no other.
   *
   * @returns whether the engine listens to it; otherwise there is nothing to take
   */
  take(client: ClientConnection, transport: EngineTransport): boolean {
    const [parse] = transport.listeners('packet');
    if (!parse) return false;
    this.forget(client);
    transport.off('packet', parse);
    transport.on('packet', this.#onPacket);
    this.#clients.set(transport, client);
    client.comesBy(transport, parse);
    return true;
  }

  /** A client is gone, or has another transport. */
  forget({ transport }: ClientConnection): void {
    if (!transport) return;
    transport.off('packet', this.#onPacket);
    this.#clients.delete(transport);
  }
}
