import { Kind } from './value-kind.js';

/** What a column holds, by what its cells look like. */
export type ColumnType = 'integer' | 'number' | 'boolean' | 'date' | 'text' | 'empty';

/** A column has a type when at least this share of its cells fit; the others are then problems, with their lines. */
const NEEDED_SHARE = 0.95;

/** In a column of fewer cells every cell has to fit: one of five is no exception, it is another type. */
const TOLERANT_FROM = 20;

/** From this share of codes (`00501`) on, a column of digits is a column of codes. */
const CODE_SHARE = 0.01;

/**
 * Infers a column's type from how many of its cells are of each kind.
 *
 * @param tally cells by {@link Kind}
 */
export function inferType(tally: ArrayLike<number>): ColumnType {
  const filled = filledCount(tally);
  if (filled === 0) return 'empty';
  const needed = filled < TOLERANT_FROM ? filled : filled * NEEDED_SHARE;
  const numeric = count(tally, Kind.integer) + count(tally, Kind.number);
  if (numeric >= needed && count(tally, Kind.code) < filled * CODE_SHARE) {
    return count(tally, Kind.number) === 0 ? 'integer' : 'number';
  }
  if (count(tally, Kind.boolean) >= needed) return 'boolean';
  if (count(tally, Kind.date) >= needed) return 'date';
  return 'text';
}

/** Whether a cell of this kind belongs into a column of this type. */
export function fits(kind: Kind, type: ColumnType): boolean {
  switch (type) {
    case 'integer':
      return kind === Kind.integer;
    case 'number':
      return kind === Kind.integer || kind === Kind.number;
    case 'boolean':
      return kind === Kind.boolean;
    case 'date':
      return kind === Kind.date;
    case 'text':
    case 'empty':
      return true;
  }
}

/** How many cells are not empty and do not fit the type. */
export function misfitCount(tally: ArrayLike<number>, type: ColumnType): number {
  let misfits = 0;
  for (const kind of Object.values(Kind)) {
    if (kind !== Kind.empty && !fits(kind, type)) misfits += count(tally, kind);
  }
  return misfits;
}

function filledCount(tally: ArrayLike<number>): number {
  let filled = 0;
  for (let kind = 1; kind < tally.length; kind++) filled += tally[kind] ?? 0;
  return filled;
}

function count(tally: ArrayLike<number>, kind: Kind): number {
  return tally[kind] ?? 0;
}
