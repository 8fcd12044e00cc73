import type { CauseLog } from '../logging/index.js';
import type { Counter, GatewayMetrics } from '../metrics/index.js';

/**
 * Where something came in that could not be read:
 *
 * - `room`: a room's channel; the control room's is one of them
 * - `broadcast`: what servers and emitters send to sockets live, and what applications send on their namespaces
 * - `request`: what servers ask each other, and answer
 * - `presence`: a channel on which nothing is ever sent
 * - `log`: what is kept of a room
 * - `other`: a channel whose reader did not say what it is
 */
export type MessageSource = 'room' | 'broadcast' | 'request' | 'presence' | 'log' | 'other';

export interface UndecodableMessagesSettings {
  readonly causes: CauseLog;
  readonly metrics: GatewayMetrics;
}

/** Counts what came from Redis and could not be read, and logs it without repeating itself. */
export class UndecodableMessages {
  readonly #settings: UndecodableMessagesSettings;
  readonly #counters = new Map<MessageSource, Counter>();

  constructor(settings: UndecodableMessagesSettings) {
    this.#settings = settings;
  }

  /** @param what a sentence without anything of the message, which may be a secret */
  report(source: MessageSource, what: string): void {
    this.count(source);
    this.#settings.causes.warn(`undecodable-message:${source}`, what);
  }

  /** For what is logged elsewhere. */
  count(source: MessageSource): void {
    let counter = this.#counters.get(source);
    if (!counter) {
      counter = this.#settings.metrics.counter('undecodable_messages_total', { source });
      this.#counters.set(source, counter);
    }
    counter.inc();
  }
}
