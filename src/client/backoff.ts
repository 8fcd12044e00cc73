/** Delays that double from attempt to attempt, each with a random part, so that clients do not come back together. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  #attempts = 0;

  constructor(minMs = 1000, maxMs = 30_000) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  /** The next delay: between a half and all of what it has doubled to. */
  nextMs(): number {
    const fullMs = Math.min(this.#maxMs, this.#minMs * 2 ** this.#attempts++);
    return fullMs * (0.5 + Math.random() / 2);
  }

  /** Begins anew, after a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
