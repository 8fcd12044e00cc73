import { parseTaken, resolveUndeliveredOptions } from '../receipts/index.js';
import type { Token } from '../room-log/index.js';

interface Recorded {
  readonly room: string;
  readonly id: Token;
  readonly data: string;
  readonly emittedAt?: number | undefined;
}

/** What a recording emitter would hand to handlers of undelivered events, when the test says so. */
export class RecordedUndelivered {
  readonly #handlers: ((event: never) => unknown)[] = [];
  #waiting: Recorded[] = [];

  add(recorded: Recorded): void {
    this.#waiting.push(recorded);
  }

  /** @throws INVALID_OPTIONS */
  on(handler: (event: never) => unknown, options?: unknown): () => Promise<void> {
    resolveUndeliveredOptions(handler, options);
    this.#handlers.push(handler);
    return () => {
      const index = this.#handlers.indexOf(handler);
      if (index !== -1) this.#handlers.splice(index, 1);
      return Promise.resolve();
    };
  }

  /** Hands over what waits, to the handler that was added first. */
  async handOver(): Promise<void> {
    const [handler] = this.#handlers;
    if (!handler) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { room, id, data, emittedAt = 0 } of waiting) {
      const event = parseTaken({ uid: id, room, data, token: id, emittedAt, ageMs: 0, attempt: 1 }, id);
      if (event) await handler(event as never);
    }
  }

  clear(): void {
    this.#waiting = [];
  }
}
