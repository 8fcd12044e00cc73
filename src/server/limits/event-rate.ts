const WINDOW_MS = 1000;

/** An event counts once for every so many bytes begun: reading a large one costs as much as reading many small ones. */
const BYTES_SHIFT = 14;

/**
 * How much came in within the current second. Counted at once, by the caller's clock: what is refused must be refused before
 * it is parsed.
 */
export class EventRate {
  #since = 0;
  #count = 0;

  /** Counts what has just come in; returns how much there was in this second, that included. */
  add(weight: number, nowMs: number): number {
    if (nowMs - this.#since >= WINDOW_MS) {
      // Whole milliseconds take no memory of their own, and there is one of these for each connection.
      this.#since = Math.floor(nowMs);
      this.#count = 0;
    }
    this.#count += weight;
    return this.#count;
  }

  /** Whether nothing has come in within the current second. */
  isOver(nowMs: number): boolean {
    return nowMs - this.#since >= WINDOW_MS;
  }
}

/** As how many events so many bytes count. */
export function weightOf(bytes: number): number {
  return 1 + (bytes >> BYTES_SHIFT);
}
