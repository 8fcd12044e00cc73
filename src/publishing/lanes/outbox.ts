import type { OutboxLimits } from '../../config/index.js';
import { GatewayError } from '../../contract/index.js';
import type { LaneEvent } from './lane-event.js';

/**
 * How much waits for the log in all lanes together: bounded, so that a log that is away costs no more than it may, and
 * awaited at the end.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #emptyListeners = new Set<() => void>();
  #count = 0;
  #bytes = 0;
  /** Whether nothing can be appended. */
  #isStalled = false;
  /** Since when nothing has been appended though something waits, as `performance.now()` counts. */
  #stalledAt: number | undefined;

  constructor(limits: OutboxLimits) {
    this.#limits = limits;
  }

  /** How many events have no final answer of the log. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes of JSON they have. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Why no event with so many bytes is taken, if it is not.
   *
   * @param replaced the one whose place it would take: that adds none, and is good for as long as the one was
   */
  refusal(bytes: number, replaced?: LaneEvent): GatewayError | undefined {
    const { maxEvents, maxBytes, maxAgeMs } = this.#limits;
    const count = this.#count - (replaced ? 1 : 0);
    const others = this.#bytes - (replaced?.bytes ?? 0);
    // One that is alone is taken whatever its size: otherwise it never could be.
    const isFull = count >= maxEvents || (count > 0 && others + bytes > maxBytes);
    const isLongAway =
      !replaced && this.#stalledAt !== undefined && performance.now() - this.#stalledAt > maxAgeMs;
    if (!isFull && !isLongAway) return undefined;
    return new GatewayError(
      'OUTBOX_FULL',
      `${this.#count} events with ${this.#bytes} bytes of JSON wait for Redis; no more are taken until it is back.`,
    );
  }

  add(event: LaneEvent): void {
    this.#count++;
    this.#bytes += event.bytes;
    if (this.#isStalled) this.#stalledAt ??= performance.now();
  }

  /** They wait no more. */
  remove(events: readonly LaneEvent[]): void {
    this.#count -= events.length;
    for (const event of events) this.#bytes -= event.bytes;
    this.#tellWhenEmpty();
  }

  clear(): void {
    this.#count = this.#bytes = 0;
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
