import type { ColumnResult } from './column-statistics.js';
import type { Delimiter } from './delimiter.js';
import type { Problems } from './problems.js';

/** What one file contained. */
export interface SheetResult {
  /** Rows after the header, with those that were left out. */
  rows: number;
  /** Rows with another number of fields than the header; left out of the columns. */
  raggedRows: number;
  /** Rows with quotes in the wrong place; left out of the columns. */
  malformedRows: number;
  delimiter: Delimiter;
  /** How many columns the file has; `columns` may have fewer. */
  columnCount: number;
  columns: ColumnResult[];
  problems: Problems;
  /** What the reader of the result should know: what was assumed, left out or shortened. */
  notes: string[];
}
