import { SheetAnalysis } from '../../../src/demo/importer/sheet-analysis.js';

function analyse(...rows: string[][]): SheetAnalysis {
  const analysis = new SheetAnalysis();
  rows.forEach((fields, index) => analysis.row(fields, () => index + 1));
  return analysis;
}

describe('SheetAnalysis', () => {
  it('reports rows of another length with their lines and leaves them out of the columns', () => {
    const result = analyse(['a', 'b'], ['1', '2'], ['3'], ['4', '5', '6'], ['7', '8']).result();
    expect(result).toMatchObject({ rows: 4, raggedRows: 2, columnCount: 2 });
    expect(result.problems).toEqual({
      total: 2,
      list: [
        { line: 3, kind: 'ragged', message: '1 field instead of 2; the row is left out' },
        { line: 4, kind: 'ragged', message: '3 fields instead of 2; the row is left out' },
      ],
    });
    expect(result.columns[0]).toMatchObject({ count: 2, min: 1, max: 7 });
  });

  it('lists the first problems in the order of their lines and counts all', () => {
    const rows = Array.from({ length: 5000 }, (_, index) =>
      index % 10 === 9 ? ['x'] : [String(index), 'y'],
    );
    rows[500] = ['oops', 'y'];
    const analysis = analyse(['n', 't'], ...rows);
    expect(analysis.problemCount).toBe(501);
    const { problems } = analysis.result();
    expect(problems.total).toBe(501);
    expect(problems.list).toHaveLength(50);
    const lines = problems.list.map(({ line }) => line);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  it('names columns that have no name, and says when two have the same', () => {
    const result = analyse(['id', '', 'id'], ['1', '2', '3']).result();
    expect(result.columns.map(({ name }) => name)).toEqual(['id', 'column 2', 'id']);
    expect(result.notes).toEqual(['More than one column is named “id”.']);
  });

  it('takes a first line of numbers for data', () => {
    const result = analyse(['1', '2.5'], ['3', '4']).result();
    expect(result).toMatchObject({ rows: 2, notes: [expect.stringMatching(/looks like data/)] });
    expect(result.columns[1]).toMatchObject({ name: 'column 2', count: 2 });
  });

  it('says when there is a header and nothing else', () => {
    expect(analyse(['a', 'b']).result()).toMatchObject({
      rows: 0,
      notes: ['The file has a header but no rows.'],
    });
  });

  it('makes statistics of the first hundred columns and says so', () => {
    const header = Array.from({ length: 150 }, (_, index) => `c${index}`);
    const result = analyse(header, header).result();
    expect(result.columns).toHaveLength(100);
    expect(result.notes).toEqual(['Statistics are made for the first 100 of 150 columns.']);
  });

  it('refuses a first line with more fields than a sheet can have', () => {
    expect(() => analyse(new Array<string>(10_001).fill('x'))).toThrow('10001 fields');
  });

  it('needs no more memory for 150,000 rows than for ten thousand, though every cell is different', () => {
    const analysis = analyse(['id', 'name', 'amount', 'day']);
    const feed = (from: number, to: number): void => {
      for (let row = from; row < to; row++) {
        const day = new Date(row * 3_600_000).toISOString();
        analysis.row([String(row), `user ${row}`, String(row * 1.7), day], () => row);
      }
    };
    feed(0, 10_000);
    const before = process.memoryUsage().heapUsed;
    let highest = 0;
    for (let block = 1; block < 15; block++) {
      feed(block * 10_000, (block + 1) * 10_000);
      highest = Math.max(highest, process.memoryUsage().heapUsed);
    }
    expect(analysis.result().rows).toBe(150_000);
    expect((highest - before) / 1e6).toBeLessThan(50);
  });
});
