import { ConnectionJournal } from './connection-journal.js';
import { openGateway } from './gateway.js';

/** How jobs get on, as the library tells it, and what only the application knows. */
const EVENTS = ['gateway:job', ...['queued', 'taken', 'ended', 'mailed'].map((name) => `sheet:sync:${name}`)];

/**
 * @typedef {object} ConnectionListener
 * @property {() => void} onChange something of the connection is another: its state, its position, its journal
 * @property {(event: string, payload: unknown) => void} onEvent
 * @property {(reason: string) => void} onMissed events are missing, and will not come
 * @property {(message: string) => void} onLoggedOut the token is not accepted; nothing is tried any more
 */

/**
 * This page's connection to the gateway. What the page shows is made from events and gone with the page, so it begins
 * with all that the user's room has kept; from then on it goes on where it was, whatever happens to the connection.
 */
export class Connection {
  journal = new ConnectionJournal();
  #gateway;

  /**
   * @param {{ token: string, namespace: string }} options
   * @param {ConnectionListener} listener
   */
  constructor({ token, namespace }, listener) {
    const { onLoggedOut } = listener;
    const gateway = openGateway(namespace, { token, rewind: 'all', onLoggedOut });
    this.#gateway = gateway;
    for (const event of EVENTS) {
      gateway.on(event, (payload, meta) => {
        this.journal.event(meta);
        listener.onEvent(event, payload);
        listener.onChange();
      });
    }
    gateway.onGap(({ reason }) => {
      this.journal.gap(reason);
      listener.onMissed(reason);
      listener.onChange();
    });
    gateway.onState(() => listener.onChange());
    const joined = (readiness) => {
      if (readiness.room === this.#room) this.journal.joined(readiness);
      listener.onChange();
    };
    gateway.socket.on('gateway:ready', ({ rooms }) => rooms.forEach(joined));
    gateway.socket.on('gateway:room', joined);
  }

  /** @returns {'idle' | 'connecting' | 'ready' | 'offline' | 'refused' | 'closed'} `idle` after {@link goOffline} */
  get state() {
    return this.#gateway.state;
  }

  /** @returns {string | undefined} why the state is `refused` */
  get refusal() {
    return this.#gateway.refusal?.code;
  }

  /** @returns {string | undefined} up to where this page has the events of the user's room */
  get position() {
    return this.#gateway.positions[this.#room];
  }

  /** Ends the connection, as a tunnel does. Only when it is `ready`. */
  goOffline() {
    this.#gateway.socket.disconnect();
  }

  /** Connects again, after {@link goOffline}. */
  goOnline() {
    this.#gateway.start();
  }

  close() {
    this.#gateway.close();
  }

  get #room() {
    return `user:${this.#gateway.userId}`;
  }
}
