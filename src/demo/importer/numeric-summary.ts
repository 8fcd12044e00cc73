/** Count, smallest, largest and mean of a stream of numbers, without keeping them. */
export class NumericSummary {
  /** How many numbers there were. */
  count = 0;
  /** The smallest; Infinity before the first. */
  min = Infinity;
  /** The largest; -Infinity before the first. */
  max = -Infinity;
  #mean = 0;

  /** Takes a finite number into account. */
  add(value: number): void {
    this.count++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    // Two divisions instead of one: the difference of two huge numbers of opposite sign would overflow.
    this.#mean += value / this.count - this.#mean / this.count;
  }

  /** The arithmetic mean; 0 before the first. Rounding never takes it outside of smallest and largest. */
  get mean(): number {
    return this.count === 0 ? 0 : Math.min(this.max, Math.max(this.min, this.#mean));
  }
}
