/** What waits for it runs when the present code has ended. Cheaper than `queueMicrotask`, which keeps an async context. */
const END_OF_TICK = Promise.resolve();

/** So many ticks with one thing each must be over before the next is taken for one that comes alone. */
const CALM_TICKS = 2;

/**
 * Tells what comes alone from what comes in bursts, where what comes in one tick is better done together, and what comes
 * alone had better not wait for what its caller does afterwards:
 *
 *     one in each tick:                  each is done at once
 *     64 in each tick:                   the first one of all is done at once, 63 at the end of its tick; then always 64
 *     a burst, then one in each tick:    the next two are done at the end of their ticks, the others at once
 */
export class BurstWatch {
  readonly #atEnd: () => void;
  readonly #calmAfter: number;
  #inTick = 0;
  #calmTicks = CALM_TICKS;
  #hasBegun = false;
  #isLeft = false;

  /**
   * @param atEnd called at the end of each tick in which something was left for it
   * @param isEager whether anything is done at once
   */
  constructor(atEnd: () => void, isEager: boolean) {
    this.#atEnd = atEnd;
    this.#calmAfter = isEager ? CALM_TICKS : Infinity;
  }

  /** One more; returns whether it is to be done at once, and not left for the end of the tick. */
  isAlone(): boolean {
    this.another();
    if (this.#inTick === 1 && this.#calmTicks >= this.#calmAfter) return true;
    this.#isLeft = true;
    return false;
  }

  /** One more that has to wait for something else than the end of the tick. */
  another(): void {
    this.#begin();
    this.#inTick++;
  }

  /** Something else is left for the end of the tick. */
  leave(): void {
    this.#begin();
    this.#isLeft = true;
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    void END_OF_TICK.then(this.#end);
  }

  readonly #end = (): void => {
    if (this.#inTick > 0) this.#calmTicks = this.#inTick > 1 ? 0 : this.#calmTicks + 1;
    this.#inTick = 0;
    this.#hasBegun = false;
    if (!this.#isLeft) return;
    this.#isLeft = false;
    this.#atEnd();
  };
}
