import { Allowance } from './allowance.js';

const WINDOW_MS = 1000;

/** An event counts once for every so many bytes begun: reading a large one costs as much as reading many small ones. */
const BYTES_SHIFT = 14;

/**
 * Somebody who sends: an allowance of bytes, and how many events came in within the current second. Events are counted at once,
 * by the caller's clock: what is refused must be refused before it is parsed.
 *
 * Both in one object, for there is one for each connection.
 */
export class Sender extends Allowance {
  #since = 0;
  #count = 0;

  /** Counts what has just come in; returns how much there was in this second, that included. */
  addEvents(weight: number, nowMs: number): number {
    if (nowMs - this.#since >= WINDOW_MS) {
      // Whole milliseconds take no memory of their own.
      this.#since = Math.floor(nowMs);
      this.#count = 0;
    }
    this.#count += weight;
    return this.#count;
  }

  /** Whether it is as new: nothing has come in within the current second, and nothing is owed. */
  isSilent(nowMs: number): boolean {
    return this.isFull(nowMs) && nowMs - this.#since >= WINDOW_MS;
  }
}

/** As how many events so many bytes count. */
export function weightOf(bytes: number): number {
  return 1 + (bytes >> BYTES_SHIFT);
}
