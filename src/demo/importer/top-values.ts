import { hashText } from './hash.js';
import { shorten } from './shorten.js';

/** A value and how often it came. */
export interface ValueCount {
  value: string;
  count: number;
}

/** The most frequent values. A count is exact when `missing` is 0, else it is too small by at most `missing`. */
export interface TopCounts {
  values: ValueCount[];
  missing: number;
}

/** Longer values are kept by their beginning and a hash: what a few cells hold must not fill the memory. */
const MAX_KEY_LENGTH = 80;

/**
 * Finds the most frequent values in bounded memory: with Misra and Gries, who take the same number off all counters
 * when there are too many, and drop those that reach zero. Every value that makes up more than 1/`capacity` of the
 * stream is certain to be found.
 *
 * Example with a capacity of 2, tidied up at 4 counters: a:5 b:3 c:1 d:1 -> the third largest count, 1, is taken
 * off all -> a:4 b:2, and every count is now at most 1 too small.
 *
 * @see https://doi.org/10.1016/0167-6423(82)90012-0
 */
export class TopValues {
  readonly #capacity: number;
  readonly #counts = new Map<string, number>();
  #missing = 0;

  /** @param capacity how many counters survive a tidying up; there are at most twice as many. */
  constructor(capacity = 512) {
    this.#capacity = capacity;
  }

  /** Counts a value. */
  add(value: string): void {
    const key = keyOf(value);
    const count = this.#counts.get(key);
    if (count !== undefined) {
      this.#counts.set(key, count + 1);
      return;
    }
    this.#counts.set(key, 1);
    if (this.#counts.size >= this.#capacity * 2) this.#tidyUp();
  }

  /** Notes that a value came whose name nobody looked at: every count may be too small by one more. */
  skip(): void {
    this.#missing++;
  }

  /** The `limit` most frequent values, the most frequent first. */
  top(limit: number): TopCounts {
    const sorted = [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return {
      values: sorted.slice(0, limit).map(([value, count]) => ({ value, count })),
      missing: this.#missing,
    };
  }

  #tidyUp(): void {
    const sorted = [...this.#counts.values()].sort((a, b) => b - a);
    const taken = sorted[this.#capacity] ?? 0;
    for (const [key, count] of this.#counts) {
      if (count > taken) this.#counts.set(key, count - taken);
      else this.#counts.delete(key);
    }
    this.#missing += taken;
  }
}

function keyOf(value: string): string {
  if (value.length <= MAX_KEY_LENGTH) return value;
  return `${shorten(value, MAX_KEY_LENGTH - 12)} #${hashText(value).toString(36)}`;
}
