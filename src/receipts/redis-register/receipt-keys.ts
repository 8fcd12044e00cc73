import type { RoomScope } from '../../room-log/index.js';

/**
 * The names of the register's keys. All of them have one tag, and so are in one slot of a cluster: what is due and what it
 * is belong to one step. The tag is that of a room whose name no application can give, as the keys of rooms have it.
 */
export class ReceiptKeys {
  readonly due: string;
  readonly entries: string;
  readonly done: string;
  readonly parked: string;
  readonly #start: string;

  constructor({ prefix, namespace }: Pick<RoomScope, 'prefix' | 'namespace'>) {
    this.#start = `{${prefix}#${namespace}#\u0001receipts}:1`;
    this.due = `${this.#start}due`;
    this.entries = `${this.#start}entries`;
    this.done = `${this.#start}done`;
    this.parked = `${this.#start}parked`;
  }

  /** What an emitter waits for. */
  waited(emitter: string): string {
    return `${this.#start}w${emitter}`;
  }
}
