import { createReadStream } from 'node:fs';
import { once } from 'node:events';
import { Parser, type CsvError } from 'csv-parse';
import { checkBeginning, checkForBinary, withoutBom } from './content-check.js';
import { detectDelimiter, type Delimiter } from './delimiter.js';
import { LineCounter } from './line-counter.js';
import { SheetUnreadableError } from './sheet-unreadable-error.js';
import { Utf8Checker } from './utf8-checker.js';

/** What is told about a file while it is read. */
export interface CsvVisitor {
  /** Once, before the first row. */
  delimiter(delimiter: Delimiter): void;
  /**
   * A row, the header included. `line` tells on which line it begins, and costs something only when it is called;
   * it must be called before this returns.
   */
  row(fields: string[], line: () => number): void;
  /** A row with quotes in the wrong place; it is left out. */
  malformed(line: number, message: string): void;
  /** After each chunk. */
  progress(bytesDone: number): void;
}

/** Small enough that parsing a chunk (about 8 ms) delays nothing else in the process noticeably. */
const CHUNK_BYTES = 64 * 1024;

/** A quote that is never closed would otherwise make the rest of the file one field, in memory. */
const MAX_ROW_BYTES = 1024 * 1024;

/**
 * Reads a CSV file row by row, in memory that does not depend on its size, giving way to the event loop after every
 * chunk of 64 KiB.
 *
 * @throws SheetUnreadableError when the file is no CSV in UTF-8, or is broken beyond a single row
 * @throws the signal's reason when it is aborted
 */
export async function readCsv(path: string, visitor: CsvVisitor, signal?: AbortSignal): Promise<void> {
  const reading = new CsvReading(visitor);
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  // Leaving the loop by an error destroys the stream, and so closes the file.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    reading.push(chunk);
  }
  await reading.end();
}

class CsvReading {
  readonly #visitor: CsvVisitor;
  readonly #lines = new LineCounter();
  readonly #utf8 = new Utf8Checker();
  #parser: Parser | undefined;
  #failure: Error | undefined;
  #bytes = 0;
  #rows = 0;
  /** Where the field began that the parser is in, or the one before it; and on which line that is. */
  #fieldOffset = -1;
  #fieldLine = 1;
  #malformedAt = -1;

  constructor(visitor: CsvVisitor) {
    this.#visitor = visitor;
  }

  push(chunk: Buffer): void {
    if (this.#bytes === 0) checkBeginning(chunk);
    checkForBinary(chunk);
    this.#lines.push(chunk);
    this.#requireUtf8(this.#utf8.push(chunk));
    this.#parser ??= this.#begin(chunk);
    this.#bytes += chunk.length;
    this.#throwFailure();
    // The parser handles the chunk before write() returns; nothing is ever left to be read from it.
    this.#parser.write(chunk);
    this.#throwFailure();
    this.#lineOfField();
    this.#visitor.progress(this.#bytes);
  }

  async end(): Promise<void> {
    this.#requireUtf8(this.#utf8.end());
    if (this.#parser !== undefined) {
      const ended = once(this.#parser, 'close');
      this.#parser.end();
      await ended.catch(() => undefined);
      this.#throwFailure();
    }
    if (this.#rows === 0) throw new SheetUnreadableError('This file is empty.');
  }

  #begin(chunk: Buffer): Parser {
    const delimiter = detectDelimiter(withoutBom(chunk).toString());
    this.#visitor.delimiter(delimiter);
    const parser = new Parser({
      delimiter,
      bom: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      max_record_size: MAX_ROW_BYTES,
      on_skip: (error) => this.#skip(error),
    });
    // Taking rows here, instead of reading them from the stream, keeps their position known, and costs a fifth less
    // than `on_record`, which makes an object of everything the parser knows for each row.
    parser.push = (fields: string[] | null) => {
      if (fields === null) return Parser.prototype.push.call(parser, null);
      this.#row(fields, parser.info.bytes);
      return true;
    };
    parser.on('error', (error: Error) => (this.#failure ??= error));
    parser.resume();
    return parser;
  }

  #row(fields: string[], endOffset: number): void {
    this.#rows++;
    this.#visitor.row(fields, () => {
      let line = this.#lines.lineAt(endOffset);
      // Only the file's very last row can end without one.
      if (this.#lines.isBreak(endOffset - 1)) line--;
      for (const field of fields) line -= this.#lines.breaksIn(field);
      return line;
    });
  }

  /** Throwing from here ends the parser with that error. */
  #skip(error: CsvError | undefined): undefined {
    const line = this.#lineOfField();
    const fatal = this.#fatalMessage(error?.code, line);
    if (fatal !== undefined) throw (this.#failure = new SheetUnreadableError(fatal));
    // One row can have several wrong quotes.
    if (this.#malformedAt === line) return;
    this.#malformedAt = line;
    this.#visitor.malformed(line, 'A quote is in the wrong place; the row is left out');
  }

  #fatalMessage(code: string | undefined, line: number): string | undefined {
    if (code === 'CSV_QUOTE_NOT_CLOSED') {
      return `The quote that is opened on line ${line} is never closed; nothing after it can be read.`;
    }
    if (code === 'CSV_MAX_RECORD_SIZE') {
      return `The row on line ${line} is longer than 1 MiB. Most likely a quote on it is never closed.`;
    }
    return this.#rows === 0 ? `The header on line ${line} has a quote in the wrong place.` : undefined;
  }

  /** The line of the field that the parser is in, as far as it knows: it tells where the last one ended. */
  #lineOfField(): number {
    const { bytes } = this.#parser?.info ?? { bytes: 0 };
    if (bytes > this.#fieldOffset) {
      this.#fieldOffset = bytes;
      this.#fieldLine = this.#lines.lineAt(this.#lines.skipBreaks(bytes));
    }
    return this.#fieldLine;
  }

  #requireUtf8(offset: number): void {
    if (offset === -1) return;
    throw new SheetUnreadableError(
      `This file is not encoded as UTF-8 (see line ${this.#lines.lineAt(offset)}). Save it as “CSV UTF-8”.`,
    );
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    this.#parser?.destroy();
    throw this.#failure;
  }
}
