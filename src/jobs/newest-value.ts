/**
 * Sends the newest of values that come faster than they may be sent: the first at once, then at most one per interval and
 * none before the one before has left; the last always. Setting one costs next to nothing.
 */
export class NewestValue<Value> {
  readonly #intervalMs: number;
  readonly #send: (value: Value) => Promise<unknown>;
  #value: Value | undefined;
  #isBusy = false;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param send must not reject */
  constructor(intervalMs: number, send: (value: Value) => Promise<unknown>) {
    this.#intervalMs = intervalMs;
    this.#send = send;
  }

  set(value: Value): void {
    this.#value = value;
    if (!this.#isBusy && !this.#isClosed) this.#next();
  }

  /** Sends what has not been sent, now, and nothing from now on. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (this.#value !== undefined) void this.#send(this.#value);
    this.#value = undefined;
  }

  #next(): void {
    this.#isBusy = this.#value !== undefined;
    if (this.#value === undefined) return;
    const value = this.#value;
    this.#value = undefined;
    const sentAt = performance.now();
    void this.#send(value).then(() => {
      if (this.#isClosed) return;
      // Rounded up: a timer may fire a little early, and then eleven in a second would be twelve.
      const waitMs = Math.max(0, Math.ceil(sentAt + this.#intervalMs - performance.now())) + 1;
      this.#timer = setTimeout(() => this.#next(), waitMs);
    });
  }
}
