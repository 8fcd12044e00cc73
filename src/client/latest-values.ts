import type { LatestMeta } from '../contract/index.js';

/** How many values wait for a handler; as many as the server keeps of a room. */
const MAX_VALUES = 100;

/** A latest value that has arrived. */
export interface LatestValue {
  readonly name: string;
  readonly data: unknown;
  readonly meta: LatestMeta;
}

/** The newest values of events that have no handler yet. */
export class LatestValues {
  readonly #values = new Map<string, LatestValue>();

  keep(value: LatestValue): void {
    const key = JSON.stringify([value.meta.room, value.meta.key, value.name]);
    this.#values.delete(key);
    this.#values.set(key, value);
    const [oldest] = this.#values.keys();
    if (oldest !== undefined && this.#values.size > MAX_VALUES) this.#values.delete(oldest);
  }

  /** What is kept of an event, in the order of its arrival; it is no longer kept then. */
  take(name: string): LatestValue[] {
    return this.#remove((value) => value.name === name);
  }

  /**
   * A durable event has arrived after them, and it may have cleared one: better none than "80 %" after "completed". The
   * next change, or the next connection, brings the value again if there is one.
   */
  dropRoom(room: string): void {
    if (this.#values.size > 0) this.#remove(({ meta }) => meta.room === room);
  }

  #remove(isMeant: (value: LatestValue) => boolean): LatestValue[] {
    const found = [...this.#values].filter(([, value]) => isMeant(value));
    for (const [key] of found) this.#values.delete(key);
    return found.map(([, value]) => value);
  }
}
