/** What waits for it runs when the present code has ended. Cheaper than `queueMicrotask`, which keeps an async context. */
const END_OF_TICK = Promise.resolve();

/** As many things in one tick are no burst: a timer that is a little late makes two of what was to come one by one. */
const FEW = 2;

/** So many ticks without a burst must be over before what comes in the next is done at once again. */
const CALM_TICKS = 2;

/**
 * Tells few things from bursts, where what comes in one tick is better done together, and what comes alone had better not
 * wait for what its caller does afterwards:
 *
 *     one or two in each tick:           each is done at once
 *     64 in each tick:                   the first two of all are done at once, 62 at the end of their tick; then always 64
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
  isAtOnce(): boolean {
    this.another();
    if (this.#inTick <= FEW && this.#calmTicks >= this.#calmAfter) return true;
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
    if (this.#inTick > 0) this.#calmTicks = this.#inTick > FEW ? 0 : this.#calmTicks + 1;
    this.#inTick = 0;
    this.#hasBegun = false;
    if (!this.#isLeft) return;
    this.#isLeft = false;
    this.#atEnd();
  };
}
