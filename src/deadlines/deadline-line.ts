/** A timer this late tells of an event loop that was blocked. */
const LATE_MS = 100;

/** What happens to the things of a line. */
export interface DeadlineLineSettings<Item> {
  /** How much time each of them has. */
  readonly timeoutMs: number;
  /** Whether it has ended, and needs no time any more. */
  readonly hasEnded: (item: Item) => boolean;
  /**
   * Called once for each whose time is up before it has ended.
   *
   * @param wasBlocked whether the event loop had no time for a while, so that what ends it may not have been read or sent
   */
  readonly expire: (item: Item, wasBlocked: boolean) => void;
}

interface Entry<Item> {
  readonly item: Item;
  readonly at: number;
}

/**
 * Things that all have the same time, and mostly end long before it is up, in about the order in which they began: one
 * timer and a line of them do, where a timer of each would cost more than the rest of it.
 */
export class DeadlineLine<Item> {
  readonly #settings: DeadlineLineSettings<Item>;
  #line: Entry<Item>[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: DeadlineLineSettings<Item>) {
    this.#settings = settings;
  }

  /** Its time begins, `now` as `performance.now()` counts. */
  add(item: Item, now = performance.now()): void {
    this.#dropEnded();
    const { timeoutMs } = this.#settings;
    this.#line.push({ item, at: now + timeoutMs });
    this.#arm(timeoutMs, now);
  }

  /** Nothing expires any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#line = [];
    this.#first = 0;
  }

  #dropEnded(): void {
    const { hasEnded } = this.#settings;
    for (let next = this.#line[this.#first]; next && hasEnded(next.item); next = this.#line[this.#first]) {
      this.#first++;
    }
    if (this.#first === this.#line.length || this.#first > 1000) {
      this.#line = this.#line.slice(this.#first);
      this.#first = 0;
    }
  }

  #arm(delayMs: number, now: number): void {
    if (this.#timer) return;
    // What is under way keeps the process by itself, a connection say.
    this.#timer = setTimeout(() => {
      const wasBlocked = performance.now() > now + delayMs + LATE_MS;
      // After the event loop was blocked, a timer runs before the answers that have long arrived are read.
      setImmediate(() => this.#expire(wasBlocked));
    }, delayMs).unref();
  }

  #expire(wasBlocked: boolean): void {
    this.#timer = undefined;
    // A timer may fire a little before its time.
    const now = performance.now();
    for (let next = this.#line[this.#first]; next && next.at <= now + 1; next = this.#line[this.#first]) {
      this.#first++;
      if (!this.#settings.hasEnded(next.item)) this.#settings.expire(next.item, wasBlocked);
    }
    this.#dropEnded();
    const next = this.#line[this.#first];
    if (next) this.#arm(Math.max(1, next.at - now), now);
  }
}
