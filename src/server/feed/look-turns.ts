/** How many looks are under way at one time. */
const MAX_UNDER_WAY = 500;

/**
 * Lets looks at logs go on in turns: when subscriptions are made anew, all rooms of a server are looked at, and what is
 * asked all at once is answered so late that the connection counts as one that does not answer.
 */
export class LookTurns {
  readonly #maxUnderWay: number;
  #underWayCount = 0;
  #waiting: (() => void)[] = [];
  /** Of `#waiting`: those before it have had their turn. */
  #next = 0;

  constructor(maxUnderWay = MAX_UNDER_WAY) {
    this.#maxUnderWay = maxUnderWay;
  }

  /** Calls `look` when it is its turn, at once where nobody waits; settles as that does. */
  async take<Answer>(look: () => Promise<Answer>): Promise<Answer> {
    // A turn that ends is given to who waits longest.
    if (this.#underWayCount < this.#maxUnderWay) this.#underWayCount++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await look();
    } finally {
      this.#pass();
    }
  }

  #pass(): void {
    const next = this.#waiting[this.#next++];
    if (next) {
      next();
      return;
    }
    this.#waiting = [];
    this.#next = 0;
    this.#underWayCount--;
  }
}
