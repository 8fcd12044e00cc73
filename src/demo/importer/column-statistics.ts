import { fits, inferType, misfitCount, type ColumnType } from './column-type.js';
import { DistinctCounter, type DistinctCount } from './distinct-counter.js';
import { NumericSummary } from './numeric-summary.js';
import type { Problem } from './problems.js';
import { shorten } from './shorten.js';
import { StreamingHistogram, type Bins } from './streaming-histogram.js';
import { TopValues, type TopCounts } from './top-values.js';
import { Kind, KIND_COUNT, ValueReader } from './value-kind.js';

/** What is known about one column. */
export interface ColumnResult {
  name: string;
  type: ColumnType;
  /** Cells that are not empty. */
  count: number;
  empties: number;
  distinct: DistinctCount;
  /** Cells that do not fit the type; they are left out of the numbers below. */
  misfits: number;
  /** Of integers, numbers and dates (in milliseconds since 1970). */
  min?: number;
  max?: number;
  mean?: number;
  /** Of integers, numbers and dates (in milliseconds). */
  histogram?: Bins;
  /** Of texts and booleans. */
  top?: TopCounts;
}

const MAX_BINS = 32;
const MAX_TOP_VALUES = 8;
const EXAMPLES_PER_KIND = 10;
/** A column that began with this many numbers or dates will most likely not need its most frequent texts. */
const SETTLED_AFTER = 1000;
const DAY_MS = 86_400_000;

/** Everything about one column, in one pass and bounded memory (about 60 KB), whatever it holds. */
export class ColumnStatistics {
  readonly name: string;
  readonly #tally = new Float64Array(KIND_COUNT);
  readonly #examples: { line: number; value: string; kind: Kind }[] = [];
  readonly #reader = new ValueReader();
  readonly #distinct = new DistinctCounter();
  readonly #numbers = new NumericSummary();
  readonly #dates = new NumericSummary();
  readonly #numberBins = new StreamingHistogram();
  /** In days, so that bins are days or whole powers of two of them. */
  readonly #dayBins = new StreamingHistogram();
  readonly #top = new TopValues();
  #settled = false;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * Takes a cell into account.
   *
   * @param line tells the cell's line; called for the first few cells of a kind only.
   */
  add(cell: string, line: () => number): void {
    const value = trim(cell);
    const kind = this.#reader.read(value);
    const seen = (this.#tally[kind] ?? 0) + 1;
    this.#tally[kind] = seen;
    if (kind === Kind.empty) return;
    if (seen <= EXAMPLES_PER_KIND) this.#examples.push({ line: line(), value: shorten(value, 40), kind });
    this.#distinct.add(value);
    if (kind === Kind.integer || kind === Kind.number) {
      this.#numbers.add(this.#reader.number);
      this.#numberBins.add(this.#reader.number);
    } else if (kind === Kind.date) {
      this.#dates.add(this.#reader.number);
      this.#dayBins.add(this.#reader.number / DAY_MS);
    } else {
      if (this.#settled) this.#settled = !hasTopValues(inferType(this.#tally));
      this.#top.add(value);
      return;
    }
    if (this.#settled) {
      this.#top.skip();
      return;
    }
    this.#top.add(value);
    if (seen === SETTLED_AFTER) this.#settled = !hasTopValues(inferType(this.#tally));
  }

  /** How many cells do not fit the type that the column seems to have so far. */
  get misfits(): number {
    return misfitCount(this.#tally, inferType(this.#tally));
  }

  /** The cells that do not fit, the first of each kind. */
  problems(): Problem[] {
    const type = inferType(this.#tally);
    return this.#examples
      .filter(({ kind }) => !fits(kind, type))
      .map(({ line, value }) => ({
        line,
        kind: 'invalid-value' as const,
        message: `“${value}” in column “${this.name}” is not ${ARTICLE[type]}`,
      }));
  }

  /** What is known about the column so far. */
  result(): ColumnResult {
    const type = inferType(this.#tally);
    const cells = this.#tally.reduce((sum, count) => sum + count, 0);
    const empties = this.#tally[Kind.empty] ?? 0;
    const common = {
      name: this.name,
      type,
      count: cells - empties,
      empties,
      distinct: this.#distinctOf(cells - empties),
      misfits: misfitCount(this.#tally, type),
    };
    if (type === 'integer' || type === 'number') {
      const histogram = this.#numberBins.bins(MAX_BINS, type === 'integer' ? 1 : 0);
      return { ...common, ...summary(this.#numbers), histogram };
    }
    if (type === 'date') {
      const { from, width, counts } = this.#dayBins.bins(MAX_BINS);
      const histogram = { from: from * DAY_MS, width: width * DAY_MS, counts };
      return { ...common, ...summary(this.#dates), histogram };
    }
    return type === 'empty' ? common : { ...common, top: this.#top.top(MAX_TOP_VALUES) };
  }

  /** An estimate may exceed what is possible. */
  #distinctOf(count: number): DistinctCount {
    const distinct = this.#distinct.result();
    return { ...distinct, count: Math.min(count, distinct.count) };
  }
}

const ARTICLE: Record<ColumnType, string> = {
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  text: 'a text',
  empty: 'empty',
};

function hasTopValues(type: ColumnType): boolean {
  return type === 'text' || type === 'boolean';
}

function summary({ min, max, mean }: NumericSummary): { min: number; max: number; mean: number } {
  return { min, max, mean };
}

/** String.prototype.trim costs a call per cell; most cells have nothing to trim. */
function trim(cell: string): string {
  if (cell.length === 0) return cell;
  const first = cell.charCodeAt(0);
  const last = cell.charCodeAt(cell.length - 1);
  return first <= 32 || last <= 32 || first >= 160 || last >= 160 ? cell.trim() : cell;
}
