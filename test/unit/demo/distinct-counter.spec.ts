import fc from 'fast-check';
import { DistinctCounter, EXACT_DISTINCT_LIMIT } from '../../../src/demo/importer/distinct-counter.js';

describe('DistinctCounter', () => {
  it('counts exactly up to its limit', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 4 }), { maxLength: 2000 }), (values) => {
        const counter = new DistinctCounter();
        for (const value of values) counter.add(value);
        expect(counter.result()).toEqual({ count: new Set(values).size, exact: true });
      }),
    );
  });

  it('is still exact at its limit and says so when it begins to estimate', () => {
    const counter = new DistinctCounter();
    for (let index = 0; index < EXACT_DISTINCT_LIMIT; index++) counter.add(`value ${index}`);
    for (let index = 0; index < EXACT_DISTINCT_LIMIT; index++) counter.add(`value ${index}`);
    expect(counter.result()).toEqual({ count: EXACT_DISTINCT_LIMIT, exact: true });
    counter.add('one more');
    expect(counter.result().exact).toBe(false);
  });

  it.each([20_000, 45_000, 70_000, 300_000])('estimates %i values within four standard errors', (size) => {
    const counter = new DistinctCounter();
    for (let index = 0; index < size; index++) {
      counter.add(String(index));
      counter.add(String(index % 1000));
    }
    const { count, exact } = counter.result();
    expect(exact).toBe(false);
    expect(Math.abs(count - size) / size).toBeLessThan(0.032);
  });
});
