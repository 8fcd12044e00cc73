import fc from 'fast-check';
import { NumericSummary } from '../../../src/demo/importer/numeric-summary.js';

describe('NumericSummary', () => {
  it('agrees with a computation over all values', () => {
    const number = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 300 }), (numbers) => {
        const summary = new NumericSummary();
        for (const value of numbers) summary.add(value);
        const naive = numbers.reduce((sum, value) => sum + value / numbers.length, 0);
        const magnitude = Math.max(...numbers.map(Math.abs));
        expect(summary.count).toBe(numbers.length);
        // Adding 0 makes 0 of -0, which is no smaller than it.
        expect(summary.min + 0).toBe(Math.min(...numbers) + 0);
        expect(summary.max + 0).toBe(Math.max(...numbers) + 0);
        // Each of the additions, here and there, may be off by half of the smallest number that there is.
        const rounding = magnitude * 1e-12 + numbers.length * Number.MIN_VALUE;
        expect(Math.abs(summary.mean - naive)).toBeLessThanOrEqual(rounding);
      }),
      { numRuns: 1000 },
    );
  });

  it('has a mean of exactly the value when all values are the same', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e300, max: 1e300, noNaN: true }),
        fc.integer({ min: 1, max: 99 }),
        (value, times) => {
          const summary = new NumericSummary();
          for (let index = 0; index < times; index++) summary.add(value);
          expect(summary.mean + 0).toBe(value + 0);
        },
      ),
    );
  });
});
