import fc from 'fast-check';
import { ColumnStatistics } from '../../../src/demo/importer/column-statistics.js';

function statisticsOf(cells: readonly string[]): ColumnStatistics {
  const statistics = new ColumnStatistics('c');
  cells.forEach((cell, index) => statistics.add(cell, () => index + 2));
  return statistics;
}

describe('ColumnStatistics', () => {
  it('agrees with a computation over all numbers of a column', () => {
    const cell = fc.oneof(
      fc.constant(''),
      fc.integer({ min: -1e6, max: 1e6 }),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 300 }), (cells) => {
        const numbers = cells.filter((each): each is number => each !== '').map((each) => each + 0);
        const result = statisticsOf(cells.map(String)).result();
        expect(result.count).toBe(numbers.length);
        expect(result.empties).toBe(cells.length - numbers.length);
        expect(result.distinct).toEqual({
          count: new Set(cells.filter((each) => each !== '').map(String)).size,
          exact: true,
        });
        if (numbers.length === 0) {
          expect(result.type).toBe('empty');
          return;
        }
        if (result.type === 'text') return;
        expect(result.type).toBe(
          numbers.every((each) => /^-?\d+$/.test(String(each))) ? 'integer' : 'number',
        );
        expect(result.min).toBe(Math.min(...numbers));
        expect(result.max).toBe(Math.max(...numbers));
        expect(result.mean).toBeCloseTo(numbers.reduce((sum, each) => sum + each, 0) / numbers.length, 6);
        expect(result.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(numbers.length);
      }),
    );
  });

  it('keeps the type of a column with a few cells that do not fit, and says where they are', () => {
    const cells = Array.from({ length: 100 }, (_, index) => String(index));
    cells[41] = 'n/a';
    const statistics = statisticsOf(cells);
    expect(statistics.result()).toMatchObject({ type: 'integer', misfits: 1, count: 100, max: 99 });
    expect(statistics.misfits).toBe(1);
    expect(statistics.problems()).toEqual([
      { line: 43, kind: 'invalid-value', message: '“n/a” in column “c” is not an integer' },
    ]);
  });

  it('takes a column of many kinds for text, without problems', () => {
    const statistics = statisticsOf(['1', 'two', '3', 'true', '2024-01-01']);
    expect(statistics.result()).toMatchObject({ type: 'text', misfits: 0, count: 5 });
    expect(statistics.problems()).toEqual([]);
  });

  it('takes digits with leading zeros for text, since as numbers they would be others', () => {
    const statistics = statisticsOf(['10001', '00501', '94110']);
    expect(statistics.result()).toMatchObject({ type: 'text', misfits: 0 });
  });

  it('makes a histogram of dates in whole days', () => {
    const result = statisticsOf(['2024-01-01', '2024-01-02', '2024-01-04']).result();
    expect(result).toMatchObject({ type: 'date', min: Date.UTC(2024, 0, 1), max: Date.UTC(2024, 0, 4) });
    expect(result.histogram?.width).toBeLessThanOrEqual(86_400_000);
  });

  it('counts the most frequent texts, without the white space around them', () => {
    expect(statisticsOf(['red', ' red', 'blue']).result()).toMatchObject({
      type: 'text',
      distinct: { count: 2, exact: true },
      top: {
        values: [
          { value: 'red', count: 2 },
          { value: 'blue', count: 1 },
        ],
        missing: 0,
      },
    });
  });

  it('says that counts may be too small when a column of numbers turns out to be text', () => {
    const cells = [...Array.from({ length: 3000 }, () => '1'), ...Array.from({ length: 3000 }, () => 'x')];
    const { type, top } = statisticsOf(cells).result();
    expect(type).toBe('text');
    const one = top?.values.find(({ value }) => value === '1');
    expect(one?.count).toBeLessThanOrEqual(3000);
    expect((one?.count ?? 0) + (top?.missing ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  it('asks for the lines of a few cells only', () => {
    const statistics = new ColumnStatistics('c');
    let asked = 0;
    for (let index = 0; index < 10_000; index++) statistics.add(String(index), () => asked++);
    expect(asked).toBeLessThan(50);
  });
});
