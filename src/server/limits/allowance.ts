/** How much there may be in a second, and how much at once when there was nothing before. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** So much can be owed at most: nobody is kept waiting for longer. */
const MOST_OWED_MS = 5000;

/**
 * A share that fills again as time goes. What has come already is taken, however much it is: then it has to be waited for.
 * There are some for each connection, so all that is kept is a moment.
 */
export class Allowance {
  readonly #rate: Rate;
  /** When it is, or was, as new. */
  #fullAtMs = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** @returns for how many milliseconds there is nothing left; 0: something is */
  take(amount: number, nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    const fullAtMs = Math.max(this.#fullAtMs, nowMs) + (amount * 1000) / perSecond;
    this.#fullAtMs = Math.min(fullAtMs, nowMs + (burst * 1000) / perSecond + MOST_OWED_MS);
    return this.waitMs(nowMs);
  }

  /** For how many milliseconds there is not one left; 0: there is. */
  waitMs(nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    return Math.max(0, this.#fullAtMs - nowMs - ((burst - 1) * 1000) / perSecond);
  }

  /** Whether it is as new. */
  isFull(nowMs: number): boolean {
    return this.#fullAtMs <= nowMs;
  }
}
