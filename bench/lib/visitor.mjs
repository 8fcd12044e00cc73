import { EVENT } from './events.mjs';
import { RawClient } from './raw-client.mjs';

const PREFIX = `["${EVENT}",`;

/** A client that comes back, and says where it was: in the words of ours, or of Socket.IO's connection state recovery. */
export class Visitor {
  /** How many events it has got since it came last. */
  receivedCount = 0;
  #auth;
  #readyEvent;
  /** @type {RawClient | undefined} */
  #client;
  #lastEvent = '';

  /**
   * @param {object} auth
   * @param {string | undefined} readyEvent
   */
  constructor(auth, readyEvent) {
    this.#auth = auth;
    this.#readyEvent = readyEvent;
  }

  /** @param {number} port */
  async come(port) {
    this.receivedCount = 0;
    this.#client = new RawClient(port, this.#auth, (packet) => this.#take(packet), this.#readyEvent);
    await this.#client.connected;
  }

  leave() {
    const greeting = JSON.parse(this.#client?.greeting ?? '{}');
    const last = this.#lastEvent === '' ? undefined : JSON.parse(this.#lastEvent).at(2);
    if (typeof last === 'object') this.#auth = { ...this.#auth, positions: { [last.room]: last.id } };
    if (typeof last === 'string') this.#auth = { ...this.#auth, pid: greeting.pid, offset: last };
    this.#client?.close();
  }

  /** @param {string} packet */
  #take(packet) {
    if (!packet.startsWith(PREFIX)) return;
    this.receivedCount++;
    this.#lastEvent = packet;
  }
}
