import type { CauseLog } from '../logging/index.js';
import type { Counter, GatewayMetrics } from '../metrics/index.js';

const SOURCES = ['room', 'broadcast', 'request', 'presence', 'log', 'other'] as const;

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
export type MessageSource = (typeof SOURCES)[number];

export interface UndecodableMessagesSettings {
  readonly causes: CauseLog;
  readonly metrics: GatewayMetrics;
}

/** Counts what came from Redis and could not be read, and logs it without repeating itself. */
export class UndecodableMessages {
  readonly #causes: CauseLog;
  readonly #counters: ReadonlyMap<MessageSource, Counter>;

  constructor({ causes, metrics }: UndecodableMessagesSettings) {
    this.#causes = causes;
    // All from the start: Prometheus sees no increase in a series that begins with the first message.
    this.#counters = new Map(
      SOURCES.map((source) => [source, metrics.counter('undecodable_messages_total', { source })]),
    );
  }

  /** @param what a sentence without anything of the message, which may be a secret */
  report(source: MessageSource, what: string): void {
    this.count(source);
    this.#causes.warn(`undecodable-message:${source}`, what);
  }

  /** For what is logged elsewhere. */
  count(source: MessageSource): void {
    this.#counters.get(source)?.inc();
  }
}
