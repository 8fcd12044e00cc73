import type { DurableMeta } from '../contract/index.js';
import type { Connection } from './connection.js';
import { originOf } from './origin-of.js';
import { shrink } from './shrink.js';
import { TRIED_AGAIN } from './tried-again.js';

/** Of how many events it is remembered that they have been handled. */
const MAX_HANDLED = 1000;

/** Tells the server which events have been handled that it asks about, until it has taken that. */
export class Receipts {
  readonly #connection: Connection;
  readonly #ids = new Set<string>();
  readonly #handled = new Set<string>();
  #room = '';
  #isBusy = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * An event has been handled. All are of one room, the user's own.
   *
   * @param isRepeat it has arrived again: it counts when it was handled the first time, and no handler has failed
   */
  add({ id, room }: DurableMeta, isRepeat?: true): void {
    const origin = originOf(id);
    if (isRepeat && !this.#handled.has(origin)) return;
    this.#handled.add(origin);
    shrink(this.#handled, MAX_HANDLED);
    this.#room = room;
    this.#ids.add(id);
    if (!this.#isBusy) this.send();
  }

  /** Sends what was not taken, at once on a new connection: nothing that was sent on the one before is answered. */
  send(): void {
    // As many as a server takes at once; the others are the next request.
    const id = [...this.#ids].slice(0, 100);
    this.#isBusy = id.length > 0 && this.#connection.state === 'ready';
    if (!this.#isBusy) return;
    this.#connection.request('gateway:ack', { room: this.#room, id }, (reply) => {
      if (!reply.ok && TRIED_AGAIN.includes(reply.code)) setTimeout(() => this.send(), 1000);
      else {
        for (const one of id) this.#ids.delete(one);
        this.send();
      }
    });
  }
}
