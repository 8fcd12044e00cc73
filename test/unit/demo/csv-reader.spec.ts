import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readCsv } from '../../../src/demo/importer/csv-reader.js';

interface Read {
  rows: string[][];
  lines: number[];
  malformed: number[];
  delimiter: string;
  bytes: number;
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'csv-reader-'));
});
afterAll(() => rm(directory, { recursive: true }));

let fileNumber = 0;
async function read(content: string | Buffer): Promise<Read> {
  const path = join(directory, `${fileNumber++}.csv`);
  await writeFile(path, content);
  const seen: Read = { rows: [], lines: [], malformed: [], delimiter: '', bytes: 0 };
  await readCsv(path, {
    delimiter: (delimiter) => (seen.delimiter = delimiter),
    row: (fields, line) => {
      seen.rows.push(fields);
      seen.lines.push(line());
    },
    malformed: (line) => seen.malformed.push(line),
    progress: (bytes) => (seen.bytes = bytes),
  });
  return seen;
}

describe('readCsv', () => {
  it('gives back any rows, with the lines on which they begin', async () => {
    const field = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 6 }),
      fc.stringMatching(/^[a-c",\n;]{0,8}$/),
    );
    const rows = fc
      .integer({ min: 2, max: 5 })
      .chain((width) =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
      );
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (table, lineBreak, last) => {
        const header = (table[0] ?? []).map((_, index) => `h${index}`);
        const all = [header, ...table.map((cells) => cells.map((cell) => cell.replaceAll('\n', lineBreak)))];
        const lines: number[] = [];
        let line = 1;
        const text = all
          .map((cells) => {
            lines.push(line);
            const row = cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');
            line += row.split('\n').length;
            return row;
          })
          .join(lineBreak);
        const seen = await read(text + (last ? lineBreak : ''));
        expect(seen.rows).toEqual(all);
        expect(seen.lines).toEqual(lines);
        expect(seen.malformed).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the lines right across the chunks of a large file', async () => {
    const row = (index: number): string =>
      index % 7 === 0 ? `${index},"two\r\nlines"` : `${index},${'x'.repeat(index % 100)}`;
    const rows = ['id,text', ...Array.from({ length: 5000 }, (_, index) => row(index))];
    const seen = await read(rows.join('\r\n'));
    expect(seen.rows).toHaveLength(rows.length);
    let line = 1;
    for (const [index, text] of rows.entries()) {
      if (seen.lines[index] !== line)
        throw new Error(`row ${index} is on line ${line}, not ${String(seen.lines[index])}`);
      line += text.includes('\r\n') ? 2 : 1;
    }
  });

  it.each([',', ';', '\t', '|'])('finds out that fields are separated by %j', async (delimiter) => {
    const seen = await read(`a${delimiter}"b,;|"${delimiter}c\n1${delimiter}2${delimiter}3\n`);
    expect(seen.delimiter).toBe(delimiter);
    expect(seen.rows[1]).toEqual(['1', '2', '3']);
  });

  it('ignores a byte order mark and empty lines', async () => {
    const seen = await read('\ufeffa,b\n\n\n1,2\n\n3,4');
    expect(seen.rows).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(seen.lines).toEqual([1, 4, 6]);
  });

  it('reads the line breaks of old Macs', async () => {
    const seen = await read('a,b\r1,2\r3,4\r');
    expect(seen.rows).toHaveLength(3);
    expect(seen.lines).toEqual([1, 2, 3]);
  });

  it('leaves out a row with a quote in the wrong place and goes on', async () => {
    const seen = await read('a,b\n1,2\n3,5" pipe\n\n"4"x",5\n6,7\n');
    expect(seen.malformed).toEqual([3, 5]);
    expect(seen.rows).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['6', '7'],
    ]);
    expect(seen.lines).toEqual([1, 2, 6]);
  });

  it.each([
    ['an empty file', '', /empty/],
    ['a file of empty lines', '\n\r\n\n', /empty/],
    ['a quote that is never closed', 'a,b\n1,2\n"3,4\n5,6\n', /opened on line 3 is never closed/],
    [
      'a quote that is never closed in a large file',
      `a,b\n1,2\n\n3,"4\n${'5,6\n'.repeat(300_000)}`,
      /line 4 is longer than 1 MiB/,
    ],
    ['a quote in the wrong place in the header', 'a,b"c\n1,2\n', /header on line 1/],
    ['zero bytes', Buffer.from([0x61, 0, 1, 2, 3]), /binary/],
    [
      'zero bytes at the end',
      Buffer.concat([Buffer.from('a,b\n1,2\n'.repeat(20_000)), Buffer.from([0])]),
      /binary/,
    ],
    ['a workbook', Buffer.from('PK\x03\x04more', 'latin1'), /Excel/],
    ['a PDF', '%PDF-1.7\n', /PDF/],
    ['a gzip archive', Buffer.from([0x1f, 0x8b, 8, 0]), /gzip/],
    ['a web page', '<!DOCTYPE html><html></html>', /HTML/],
    ['JSON', '[{"a": 1}]', /JSON/],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), /UTF-16/],
    ['Latin-1', Buffer.from('name,city\nJosé,Köln\n', 'latin1'), /not encoded as UTF-8 \(see line 2\)/],
    ['a character that the end cuts', Buffer.from('a,b\n1,é').subarray(0, -1), /not encoded as UTF-8/],
  ])('refuses %s with a clear message', async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('never fails in another way, whatever the bytes', async () => {
    const pieces = fc.constantFrom('a', '"', ',', '\n', '\r', ';', 'é', '\t', ' ', '1');
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (content) => {
        await read(content.join('')).catch((error: unknown) =>
          expect(error).toHaveProperty('name', 'SheetUnreadableError'),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('stops when it is told to', async () => {
    const path = join(directory, 'large.csv');
    await writeFile(path, 'a,b\n1,2\n'.repeat(100_000));
    const abort = new AbortController();
    let chunks = 0;
    const reading = readCsv(
      path,
      {
        delimiter: () => undefined,
        row: () => undefined,
        malformed: () => undefined,
        progress: () => {
          chunks++;
          abort.abort(new Error('enough'));
        },
      },
      abort.signal,
    );
    await expect(reading).rejects.toThrow('enough');
    expect(chunks).toBe(1);
  });
});
