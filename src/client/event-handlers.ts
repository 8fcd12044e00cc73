import type { DurableMeta, EventMeta } from '../contract/index.js';
import { Listeners } from './listeners.js';
import type { Report } from './report.js';

/** A handler of an event, whatever its payload. */
export type AnyHandler = (data: unknown, meta?: EventMeta) => unknown;

/** The application's handlers, by the names of their events. */
export class EventHandlers {
  readonly #byName = new Map<string, Listeners<[unknown, EventMeta?]>>();
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  add(name: string, handler: AnyHandler): () => void {
    const listeners = this.#byName.get(name) ?? new Listeners<[unknown, EventMeta?]>();
    this.#byName.set(name, listeners);
    return listeners.add(handler);
  }

  has(name: string): boolean {
    return (this.#byName.get(name)?.size ?? 0) > 0;
  }

  /** Hands an event over to all its handlers; what they throw is reported. Settles when all have returned. */
  call(name: string, data: unknown, meta?: EventMeta): Promise<unknown> | undefined {
    const failed = (cause: unknown): void => {
      // What was not handled is not acknowledged.
      delete (meta as DurableMeta | undefined)?.confirm;
      this.#report('HANDLER_FAILED', `A handler of '${name}' has failed.`, {
        event: name,
        room: meta?.room,
        cause,
      });
    };
    // A live event has one argument, as it does without the helper.
    const args: [unknown, EventMeta?] = meta ? [data, meta] : [data];
    return this.#byName.get(name)?.call(failed, ...args);
  }
}
