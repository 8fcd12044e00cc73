/** Bins of equal width without gaps: bin `i` counts the values in `[from + i * width, from + (i + 1) * width)`. */
export interface Bins {
  from: number;
  width: number;
  counts: number[];
}

/** Enough that merging neighbours for display still leaves a smooth picture. */
const WINDOW = 256;

/** Values closer together than this many binary digits of the largest share a bin: doubles carry 52. */
const PRECISION_BITS = 40;

/**
 * Counts numbers into at most 256 bins, whatever their range turns out to be, in constant memory and exactly.
 *
 * A bin's width is a power of two and its edges are whole multiples of it, so when a value falls outside, pairs of
 * neighbours merge without guessing: with bins of width 1, the value 300 after 0 to 255 makes bins of width 2, and
 * what was in [6,7) and [7,8) is in [6,8). Scaling by powers of two loses no digit.
 */
export class StreamingHistogram {
  #bins = new Float64Array(WINDOW);
  /** The binary exponent of the width. */
  #exponent = 0;
  #scale = 1;
  /** The index of bins[0] on the whole axis. */
  #start = 0;
  #lowest = 0;
  #highest = 0;
  /** Until a second value differs, there is no telling how wide a bin should be. */
  #only: number | undefined;
  #onlyCount = 0;
  #ready = false;

  /** Counts a number from -1e300 to 1e300. */
  add(value: number): void {
    if (!this.#ready) {
      if (this.#only === undefined || this.#only === value) {
        this.#only = value;
        this.#onlyCount++;
        return;
      }
      this.#begin(this.#only, value);
    }
    this.#count(value, 1);
  }

  /**
   * The histogram in at most `maxBins` bins, from the first that is not empty to the last.
   *
   * @param minWidth no bin is narrower, if it is a power of two; 1 suits whole numbers.
   */
  bins(maxBins: number, minWidth = 0): Bins {
    if (!this.#ready) {
      return this.#only === undefined
        ? { from: 0, width: 0, counts: [] }
        : { from: this.#only, width: 0, counts: [this.#onlyCount] };
    }
    let step = 1;
    const width = 2 ** this.#exponent;
    const binsAt = (s: number): number => Math.floor(this.#highest / s) - Math.floor(this.#lowest / s) + 1;
    while (binsAt(step) > maxBins || (width * step < minWidth && binsAt(step) > 1)) step *= 2;
    const first = Math.floor(this.#lowest / step);
    const counts = new Array<number>(binsAt(step)).fill(0);
    for (let index = this.#lowest; index <= this.#highest; index++) {
      const target = Math.floor(index / step) - first;
      counts[target] = (counts[target] ?? 0) + (this.#bins[index - this.#start] ?? 0);
    }
    return { from: first * step * width, width: step * width, counts };
  }

  #begin(a: number, b: number): void {
    this.#ready = true;
    this.#setExponent(exponentOf(Math.max(Math.abs(a), Math.abs(b))) - PRECISION_BITS);
    const index = Math.floor(a * this.#scale);
    this.#lowest = this.#highest = index;
    this.#start = index - WINDOW / 2;
    this.#bins[WINDOW / 2] = this.#onlyCount;
  }

  #count(value: number, times: number): void {
    let index = Math.floor(value * this.#scale);
    const at = index - this.#start;
    if (index < this.#lowest || index > this.#highest) {
      if (at >= 0 && at < WINDOW) {
        if (index < this.#lowest) this.#lowest = index;
        else this.#highest = index;
      } else {
        index = this.#makeRoom(value, index);
      }
    }
    const slot = index - this.#start;
    this.#bins[slot] = (this.#bins[slot] ?? 0) + times;
  }

  /** Widens the bins until the value and all before it fit, and centres them in the window. Returns its new index. */
  #makeRoom(value: number, index: number): number {
    // Past this an index is no longer exact, or no number at all.
    if (Math.abs(index) > 2 ** (PRECISION_BITS + 8)) {
      this.#coarsen(Math.max(1, exponentOf(Math.abs(value)) - PRECISION_BITS - this.#exponent));
      index = Math.floor(value * this.#scale);
    }
    while (Math.max(this.#highest, index) - Math.min(this.#lowest, index) >= WINDOW) {
      this.#coarsen(1);
      index = Math.floor(value * this.#scale);
    }
    const lowest = Math.min(this.#lowest, index);
    const highest = Math.max(this.#highest, index);
    this.#moveTo(lowest - Math.floor((WINDOW - (highest - lowest + 1)) / 2));
    this.#lowest = lowest;
    this.#highest = highest;
    return index;
  }

  #coarsen(steps: number): void {
    const factor = 2 ** steps;
    const lowest = Math.floor(this.#lowest / factor);
    const merged = new Float64Array(WINDOW);
    for (let index = this.#lowest; index <= this.#highest; index++) {
      const slot = Math.floor(index / factor) - lowest;
      merged[slot] = (merged[slot] ?? 0) + (this.#bins[index - this.#start] ?? 0);
    }
    this.#highest = Math.floor(this.#highest / factor);
    this.#lowest = this.#start = lowest;
    this.#bins = merged;
    this.#setExponent(this.#exponent + steps);
  }

  #moveTo(start: number): void {
    const moved = new Float64Array(WINDOW);
    for (let index = this.#lowest; index <= this.#highest; index++) {
      moved[index - start] = this.#bins[index - this.#start] ?? 0;
    }
    this.#bins = moved;
    this.#start = start;
  }

  #setExponent(exponent: number): void {
    // Within these the width and its reciprocal are both numbers.
    this.#exponent = Math.min(1000, Math.max(-1000, exponent));
    this.#scale = 2 ** -this.#exponent;
  }
}

/** The largest e with 2^e <= magnitude, or a very small one for zero. */
function exponentOf(magnitude: number): number {
  return magnitude === 0 ? -1000 : Math.floor(Math.log2(magnitude));
}
