import fc from 'fast-check';
import { StreamingHistogram } from '../../../src/demo/importer/streaming-histogram.js';

const values = fc
  .oneof(
    fc.double({ min: -1e300, max: 1e300, noNaN: true }),
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.integer({ min: -50, max: 50 }),
    fc.integer().map((value) => value * 1e6),
  )
  // Numbers this small lose digits when they are divided by a width.
  .map((value) => (Math.abs(value) < 1e-20 ? 0 : value));

function histogramOf(numbers: readonly number[]): StreamingHistogram {
  const histogram = new StreamingHistogram();
  for (const number of numbers) histogram.add(number);
  return histogram;
}

describe('StreamingHistogram', () => {
  it('counts every value into the bin whose edges enclose it, whatever the order and the range', () => {
    fc.assert(
      fc.property(
        fc.array(values, { maxLength: 400 }),
        fc.integer({ min: 4, max: 64 }),
        (numbers, maxBins) => {
          const { from, width, counts } = histogramOf(numbers).bins(maxBins);
          expect(counts.length).toBeLessThanOrEqual(maxBins);
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(numbers.length);
          if (width === 0) return;
          const naive = new Array<number>(counts.length).fill(0);
          // Exact: edges are whole multiples of a power of two.
          for (const number of numbers) {
            const bin = Math.floor(number / width) - from / width;
            naive[bin] = (naive[bin] ?? NaN) + 1;
          }
          expect(counts).toEqual(naive);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('begins and ends with a bin that is not empty', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 100 }), (numbers) => {
        const { counts } = histogramOf(numbers).bins(32);
        expect(counts[0]).toBeGreaterThan(0);
        expect(counts.at(-1)).toBeGreaterThan(0);
      }),
    );
  });

  it('uses at least half of the bins that it may when values are spread', () => {
    const { counts } = histogramOf(Array.from({ length: 10_000 }, (_, index) => Math.sin(index) * 37)).bins(
      32,
    );
    expect(counts.length).toBeGreaterThan(16);
  });

  it('gives whole numbers a bin each when there are few', () => {
    expect(histogramOf([3, 1, 2, 3, 3]).bins(32, 1)).toEqual({ from: 1, width: 1, counts: [1, 1, 3] });
  });

  it('is one bin without width when all values are the same', () => {
    expect(histogramOf([7.5, 7.5]).bins(32)).toEqual({ from: 7.5, width: 0, counts: [2] });
  });

  it('is empty without values', () => {
    expect(histogramOf([]).bins(32)).toEqual({ from: 0, width: 0, counts: [] });
  });

  it('keeps its resolution when tiny values come first and huge ones later', () => {
    const { counts } = histogramOf([1e-9, 2e-9, 0, 1e9, 5e8, -1e9]).bins(32);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(counts.length).toBeGreaterThan(8);
  });
});
