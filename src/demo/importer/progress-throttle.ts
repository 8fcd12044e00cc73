/**
 * Sends at most one value per interval: the first at once, later ones as soon as the interval is over, each time
 * the newest. With {@link flush} the last value is sent always.
 */
export class ProgressThrottle<T> {
  readonly #send: (value: T) => void;
  readonly #intervalMs: number;
  readonly #now: () => number;
  #pending: { value: T } | undefined;
  #lastSentAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  /** @param now a clock in milliseconds that never goes backwards */
  constructor(send: (value: T) => void, intervalMs: number, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#intervalMs = intervalMs;
    this.#now = now;
  }

  /** Offers a value; it replaces one that still waits. */
  offer(value: T): void {
    this.#pending = { value };
    const wait = this.#waitMs();
    if (wait <= 0) this.#sendPending();
    else this.#timer ??= setTimeout(() => this.#sendPending(), wait);
  }

  /** Settles when the newest value has been sent, within an interval. */
  async flush(): Promise<void> {
    while (this.#pending !== undefined) {
      const wait = this.#waitMs();
      if (wait <= 0) this.#sendPending();
      else await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  /** Forgets a value that still waits. */
  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#pending = undefined;
  }

  #waitMs(): number {
    return this.#lastSentAt + this.#intervalMs - this.#now();
  }

  #sendPending(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#lastSentAt = this.#now();
    this.#send(pending.value);
  }
}
