import { SheetUnreadableError } from './sheet-unreadable-error.js';

const CSV_HINT = 'Open it in the program that made it and save it as CSV.';

/** How the kinds of files begin that are most often given the name of a CSV by mistake. */
const SIGNATURES: readonly (readonly [latin1: string, message: string])[] = [
  ['PK\x03\x04', `This is an Excel workbook or another ZIP archive, not a CSV. ${CSV_HINT}`],
  ['\xd0\xcf\x11\xe0', `This is an old Excel workbook, not a CSV. ${CSV_HINT}`],
  ['\x1f\x8b', 'This is a gzip archive, not a CSV. Unpack it first.'],
  ['%PDF-', 'This is a PDF, not a CSV.'],
  ['\x89PNG', 'This is a PNG image, not a CSV.'],
  ['\xff\xd8\xff', 'This is a JPEG image, not a CSV.'],
  ['GIF8', 'This is a GIF image, not a CSV.'],
  ['PAR1', 'This is a Parquet file, not a CSV.'],
  ['SQLite format 3', 'This is an SQLite database, not a CSV.'],
  ['\xff\xfe', 'This file is encoded as UTF-16. Save it as “CSV UTF-8”.'],
  ['\xfe\xff', 'This file is encoded as UTF-16. Save it as “CSV UTF-8”.'],
];

const MARKUP = /^\s*<(?:!doctype|html|\?xml|svg|table)\b/i;
const JSON_START = /^\s*(?:\{\s*"|\[\s*[[{])/;

/**
 * Looks at a file's first bytes for what is certainly not a CSV.
 *
 * @throws SheetUnreadableError that names what it is instead.
 */
export function checkBeginning(chunk: Buffer): void {
  const beginning = chunk.toString('latin1', 0, 512);
  for (const [signature, message] of SIGNATURES) {
    if (beginning.startsWith(signature)) throw new SheetUnreadableError(message);
  }
  const text = withoutBom(chunk).toString('utf8', 0, 512);
  if (MARKUP.test(text)) throw new SheetUnreadableError('This is HTML or XML, not a CSV.');
  if (JSON_START.test(text)) throw new SheetUnreadableError('This is JSON, not a CSV.');
}

/**
 * Looks for a zero byte, which no text has.
 *
 * @throws SheetUnreadableError
 */
export function checkForBinary(chunk: Buffer): void {
  if (chunk.includes(0)) {
    throw new SheetUnreadableError('This is a binary file, not a CSV: it contains zero bytes.');
  }
}

/** The chunk without the mark that some programs write at the beginning of UTF-8. */
export function withoutBom(chunk: Buffer): Buffer {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}
