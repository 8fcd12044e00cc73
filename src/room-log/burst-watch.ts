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
  #inTick = 0;
  #calmTicks = CALM_TICKS;
  #isLeft = false;

  /** @param atEnd called at the end of each tick in which something was left for it */
  constructor(atEnd: () => void) {
    this.#atEnd = atEnd;
  }

  /** One more; returns whether it is to be done at once, and not left for the end of the tick. */
  isAlone(): boolean {
    if (this.#inTick++ === 0) {
      void END_OF_TICK.then(this.#end);
      if (this.#calmTicks >= CALM_TICKS) return true;
    }
    this.#isLeft = true;
    return false;
  }

  readonly #end = (): void => {
    this.#calmTicks = this.#inTick > 1 ? 0 : this.#calmTicks + 1;
    this.#inTick = 0;
    if (!this.#isLeft) return;
    this.#isLeft = false;
    this.#atEnd();
  };
}
