/** Over how long a rate is measured. */
const WINDOW_MS = 10_000;

/** How fast something goes, and how long the rest will take. */
export class ProgressMeter {
  #samples: { readonly at: number; readonly done: number }[] = [];

  /**
   * @param at in ms, of any clock that only goes forward
   * @returns per second; and in ms. Null while it is not known
   */
  measure(
    done: number,
    total: number | null,
    at: number,
  ): { rate: number | null; remainingMs: number | null } {
    // What goes backwards begins anew.
    if (done < (this.#samples.at(-1)?.done ?? 0)) this.#samples = [];
    while ((this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
    const [first] = this.#samples;
    this.#samples.push({ at, done });
    if (!first || at <= first.at) return { rate: null, remainingMs: null };
    const rate = (done - first.done) / (at - first.at);
    const remainingMs = total !== null && rate > 0 ? Math.max(0, Math.round((total - done) / rate)) : null;
    return { rate: round(rate * 1000), remainingMs };
  }
}

function round(rate: number): number {
  return Number(rate.toPrecision(4));
}
