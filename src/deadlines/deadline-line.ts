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

/**
 * Things that all have the same time, and mostly end long before it is up, in about the order in which they began: one
 * timer and a line of them do, where a timer of each would cost more than the rest of it.
 */
export class DeadlineLine<Item> {
  readonly #settings: DeadlineLineSettings<Item>;
  #items: Item[] = [];
  /** When the time of each is up. Beside them: a pair of both would be one object more for each emit. */
  #dueAt: number[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: DeadlineLineSettings<Item>) {
    this.#settings = settings;
  }

  /** Its time begins, `now` as `performance.now()` counts. */
  add(item: Item, now = performance.now()): void {
    this.#dropEnded();
    const { timeoutMs } = this.#settings;
    this.#items.push(item);
    this.#dueAt.push(now + timeoutMs);
    this.#arm(timeoutMs, now);
  }

  /** Nothing expires any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#items = [];
    this.#dueAt = [];
    this.#first = 0;
  }

  #dropEnded(): void {
    const { hasEnded } = this.#settings;
    for (let next = this.#items[this.#first]; next && hasEnded(next); next = this.#items[this.#first]) {
      this.#first++;
    }
    if (this.#first > 0 && (this.#first === this.#items.length || this.#first > 1000)) {
      this.#items = this.#items.slice(this.#first);
      this.#dueAt = this.#dueAt.slice(this.#first);
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
    for (let next = this.#items[this.#first]; next && this.#isDue(now); next = this.#items[this.#first]) {
      this.#first++;
      if (!this.#settings.hasEnded(next)) this.#settings.expire(next, wasBlocked);
    }
    this.#dropEnded();
    const next = this.#dueAt[this.#first];
    if (next !== undefined) this.#arm(Math.max(1, next - now), now);
  }

  #isDue(now: number): boolean {
    return (this.#dueAt[this.#first] as number) <= now + 1;
  }
}
