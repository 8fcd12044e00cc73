import fc from 'fast-check';
import { TopValues } from '../../../src/demo/importer/top-values.js';

function naiveCounts(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

describe('TopValues', () => {
  it('is exact while there are few different values', () => {
    const top = new TopValues();
    for (const value of ['b', 'a', 'c', 'a', 'b', 'a']) top.add(value);
    expect(top.top(2)).toEqual({
      values: [
        { value: 'a', count: 3 },
        { value: 'b', count: 2 },
      ],
      missing: 0,
    });
  });

  it('is never too high, and too low by at most what it says', () => {
    const value = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 400 }).map(String));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 1500 }), (values) => {
        const top = new TopValues(8);
        for (const each of values) top.add(each);
        const counts = naiveCounts(values);
        const { values: found, missing } = top.top(16);
        for (const { value: name, count } of found) {
          expect(count).toBeLessThanOrEqual(counts.get(name) ?? 0);
          expect(count).toBeGreaterThanOrEqual((counts.get(name) ?? 0) - missing);
        }
      }),
    );
  });

  it('finds every value that makes up more than one in `capacity` of a stream', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 1500 }), (noise) => {
        const values = noise.flatMap((number, index) =>
          index % 5 === 0 ? ['frequent', String(number)] : [String(number)],
        );
        const top = new TopValues(8);
        for (const each of values) top.add(each);
        for (const [name, count] of naiveCounts(values)) {
          if (count > values.length / 8) expect(top.top(16).values.map(({ value }) => value)).toContain(name);
        }
      }),
    );
  });

  it('tells long values with the same beginning apart, without keeping them whole', () => {
    const top = new TopValues();
    const long = 'x'.repeat(100_000);
    top.add(`${long}1`);
    top.add(`${long}2`);
    top.add(`${long}2`);
    const { values } = top.top(5);
    expect(values.map(({ count }) => count)).toEqual([2, 1]);
    expect(values[0]?.value.length).toBeLessThan(100);
  });
});
