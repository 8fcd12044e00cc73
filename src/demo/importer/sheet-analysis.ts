import { ColumnStatistics } from './column-statistics.js';
import type { CsvVisitor } from './csv-reader.js';
import type { Delimiter } from './delimiter.js';
import { ProblemList } from './problems.js';
import type { SheetResult } from './sheet-result.js';
import { SheetUnreadableError } from './sheet-unreadable-error.js';
import { shorten } from './shorten.js';
import { Kind, ValueReader } from './value-kind.js';

/** Statistics are made for the first columns only: each costs memory and room in the result. */
const MAX_ANALYSED_COLUMNS = 100;

/** More columns than this is no sheet. */
const MAX_COLUMNS = 10_000;

/** Collects what a file contains while it is read, in memory bounded by the number of columns. */
export class SheetAnalysis implements Omit<CsvVisitor, 'progress'> {
  /** Rows after the header so far, with those that were left out. */
  rows = 0;
  #delimiter: Delimiter = ',';
  #columnCount = 0;
  #columns: ColumnStatistics[] | undefined;
  #raggedRows = 0;
  #malformedRows = 0;
  readonly #problems = new ProblemList();
  readonly #notes: string[] = [];

  delimiter(delimiter: Delimiter): void {
    this.#delimiter = delimiter;
  }

  row(fields: string[], line: () => number): void {
    if (this.#columns === undefined) {
      this.#columns = this.#begin(fields);
      if (!this.#looksLikeData(fields)) return;
      this.#columns = this.#columns.map((_, index) => new ColumnStatistics(`column ${index + 1}`));
      this.#notes.push('The first line looks like data, so the columns are numbered.');
    }
    this.rows++;
    if (fields.length !== this.#columnCount) {
      this.#raggedRows++;
      this.#problems.add(() => ({
        line: line(),
        kind: 'ragged',
        message: this.#raggedMessage(fields.length),
      }));
      return;
    }
    for (let index = 0; index < this.#columns.length; index++) {
      this.#columns[index]?.add(fields[index] ?? '', line);
    }
  }

  malformed(line: number, message: string): void {
    this.rows++;
    this.#malformedRows++;
    this.#problems.add(() => ({ line, kind: 'malformed', message }));
  }

  /** Problems so far; cells that do not fit their column may be found to fit later, when its type changes. */
  get problemCount(): number {
    return (this.#columns ?? []).reduce((sum, column) => sum + column.misfits, this.#problems.total);
  }

  /** What the file contained. To be called once. */
  result(): SheetResult {
    const columns = this.#columns ?? [];
    for (const column of columns) this.#problems.addCounted(column.misfits, column.problems());
    if (this.rows === 0) this.#notes.push('The file has a header but no rows.');
    if (this.#columnCount > columns.length) {
      this.#notes.push(
        `Statistics are made for the first ${columns.length} of ${this.#columnCount} columns.`,
      );
    }
    return {
      rows: this.rows,
      raggedRows: this.#raggedRows,
      malformedRows: this.#malformedRows,
      delimiter: this.#delimiter,
      columnCount: this.#columnCount,
      columns: columns.map((column) => column.result()),
      problems: this.#problems.result(),
      notes: this.#notes,
    };
  }

  #begin(header: string[]): ColumnStatistics[] {
    this.#columnCount = header.length;
    if (header.length > MAX_COLUMNS) {
      throw new SheetUnreadableError(
        `The first line has ${header.length} fields; a sheet may have ${MAX_COLUMNS} columns.`,
      );
    }
    const names = header
      .slice(0, MAX_ANALYSED_COLUMNS)
      .map((name, index) => shorten(name.trim(), 60) || `column ${index + 1}`);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) this.#notes.push(`More than one column is named “${twice}”.`);
    return names.map((name) => new ColumnStatistics(name));
  }

  /** Names are not numbers or dates; a first line with nothing but those is no header. */
  #looksLikeData(fields: string[]): boolean {
    const reader = new ValueReader();
    const kinds = fields.map((field) => reader.read(field.trim()));
    const years = fields.every((field) => /^(?:19|20)\d\d$/.test(field.trim()));
    return (
      !years && kinds.every((kind) => kind !== Kind.text && kind !== Kind.boolean && kind !== Kind.empty)
    );
  }

  #raggedMessage(found: number): string {
    return `${found} ${found === 1 ? 'field' : 'fields'} instead of ${this.#columnCount}; the row is left out`;
  }
}
