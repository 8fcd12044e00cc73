import { GatewayError } from '../../contract/index.js';
import type { LaneEvent } from './lane-event.js';
import type { LanesLimits } from './lanes-limits.js';

/**
 * How much waits for the log in all lanes together: bounded, so that a log that is away costs no more than it may, and
 * awaited at the end.
 */
export class Outbox {
  readonly #limits: LanesLimits;
  readonly #emptyListeners = new Set<() => void>();
  #count = 0;
  #chars = 0;
  /** Whether nothing can be appended. */
  #isStalled = false;
  /** Since when nothing has been appended though something waits, as `performance.now()` counts. */
  #stalledAt: number | undefined;

  constructor(limits: LanesLimits) {
    this.#limits = limits;
  }

  /** How many events have no final answer of the log. */
  get count(): number {
    return this.#count;
  }

  /** Why no event with so much JSON is taken, if it is not. */
  refusal(chars: number): GatewayError | undefined {
    const { maxWaitingEvents, maxWaitingChars, maxAwayMs } = this.#limits;
    const isFull = this.#count >= maxWaitingEvents || this.#chars + chars > maxWaitingChars;
    const isLongAway = this.#stalledAt !== undefined && performance.now() - this.#stalledAt > maxAwayMs;
    if (!isFull && !isLongAway) return undefined;
    return new GatewayError(
      'OUTBOX_FULL',
      `${this.#count} events with ${this.#chars} characters of JSON wait for Redis; no more are taken until it is back.`,
    );
  }

  add(event: LaneEvent): void {
    this.#count++;
    this.#chars += event.chars;
    if (this.#isStalled) this.#stalledAt ??= performance.now();
  }

  /** They wait no more. */
  remove(events: readonly LaneEvent[]): void {
    this.#count -= events.length;
    for (const event of events) this.#chars -= event.chars;
    this.#tellWhenEmpty();
  }

  clear(): void {
    this.#count = this.#chars = 0;
    this.#tellWhenEmpty();
  }

  /** Nothing can be appended from now on. */
  stall(): void {
    this.#isStalled = true;
    if (this.#count > 0) this.#stalledAt ??= performance.now();
  }

  /** Something has been appended, or can be again. */
  move(): void {
    this.#isStalled = false;
    this.#stalledAt = undefined;
  }

  /** Resolves when nothing waits, or when `limitMs` are over. */
  async whenEmpty(limitMs: number): Promise<void> {
    if (this.#count === 0 || limitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#emptyListeners.delete(end);
        resolve();
      };
      const timer = setTimeout(end, limitMs);
      this.#emptyListeners.add(end);
    });
  }

  #tellWhenEmpty(): void {
    if (this.#count > 0) return;
    this.#stalledAt = undefined;
    for (const listener of [...this.#emptyListeners]) listener();
  }
}
