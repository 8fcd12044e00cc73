/** How much there may be in a second, and how much at once when there was nothing before. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** So many seconds' worth can be owed at most: nobody is kept waiting for longer. */
const MOST_OWED_SECONDS = 5;

/** A share that fills again as time goes. What has come already is taken, however much it is: then it has to be waited for. */
export class Allowance {
  readonly #rate: Rate;
  #left: number;
  #atMs = 0;

  constructor(rate: Rate) {
    this.#rate = rate;
    this.#left = rate.burst;
  }

  /** @returns for how many milliseconds there is nothing left; 0: something is */
  take(amount: number, nowMs: number): number {
    const { perSecond } = this.#rate;
    this.#left = Math.max(this.#leftAt(nowMs) - amount, -MOST_OWED_SECONDS * perSecond);
    this.#atMs = nowMs;
    return this.waitMs(nowMs);
  }

  /** For how many milliseconds there is not one left; 0: there is. */
  waitMs(nowMs: number): number {
    return Math.max(0, ((1 - this.#leftAt(nowMs)) / this.#rate.perSecond) * 1000);
  }

  /** Whether it is as new. */
  isFull(nowMs: number): boolean {
    return this.#leftAt(nowMs) >= this.#rate.burst;
  }

  #leftAt(nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    return Math.min(burst, this.#left + ((nowMs - this.#atMs) * perSecond) / 1000);
  }
}
