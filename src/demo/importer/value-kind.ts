import { parseDate } from './date-value.js';

/** What one cell looks like on its own. The numbers index a column's tallies. */
export const Kind = {
  empty: 0,
  integer: 1,
  number: 2,
  boolean: 3,
  date: 4,
  /** Digits that a number would not give back: leading zeros, or more than fifteen of them. A ZIP code, an account. */
  code: 5,
  text: 6,
} as const;

/** One of {@link Kind}. */
export type Kind = (typeof Kind)[keyof typeof Kind];

/** How many kinds there are. */
export const KIND_COUNT = 7;

/** Longer digit strings are not exact as a double. */
const MAX_EXACT_DIGITS = 15;

/** Beyond this a histogram's edges would not be numbers any more. */
const MAX_MAGNITUDE = 1e300;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
const BOOLEAN = /^(?:true|false|yes|no)$/i;

/**
 * Tells what kind a cell is. One reader is used for millions of cells: it leaves the number (or the milliseconds
 * since 1970 of a date) in a field instead of making an object per cell.
 */
export class ValueReader {
  /** The value of the last cell that was an integer, a number or a date. */
  number = 0;

  /** Reads a cell without surrounding white space. */
  read(value: string): Kind {
    const length = value.length;
    if (length === 0) return Kind.empty;
    const first = value.charCodeAt(0);
    if (isDigit(first) || first === PLUS || first === MINUS || first === DOT) return this.#readNumeric(value);
    if (length <= 5 && BOOLEAN.test(value)) return Kind.boolean;
    return this.#readDate(value) ? Kind.date : Kind.text;
  }

  #readNumeric(value: string): Kind {
    const length = value.length;
    const first = value.charCodeAt(0);
    const digitsFrom = first === PLUS || first === MINUS ? 1 : 0;
    let index = digitsFrom;
    while (index < length && isDigit(value.charCodeAt(index))) index++;
    if (index === length && index > digitsFrom) {
      const digits = length - digitsFrom;
      if (digits > MAX_EXACT_DIGITS) return Kind.code;
      if (digits > 1 && value.charCodeAt(digitsFrom) === ZERO) return Kind.code;
      this.number = Number(value);
      return Kind.integer;
    }
    if (NUMBER.test(value)) {
      this.number = Number(value);
      return Math.abs(this.number) <= MAX_MAGNITUDE ? Kind.number : Kind.text;
    }
    return this.#readDate(value) ? Kind.date : Kind.text;
  }

  #readDate(value: string): boolean {
    const time = parseDate(value);
    if (time === undefined) return false;
    this.number = time;
    return true;
  }
}

const ZERO = 48;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
