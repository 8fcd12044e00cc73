import { jest } from '@jest/globals';
import fc from 'fast-check';
import { DueTimes } from '../../../../src/server/sessions/due-times.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Something that has an end. */
interface Item {
  readonly name: number;
}

describe('Moments behind one timer', () => {
  let due: DueTimes<Item>;
  let done: { name: number; at: number }[];

  beforeEach(() => {
    jest.useFakeTimers();
    done = [];
    due = new DueTimes(({ name }) => done.push({ name, at: Date.now() }));
  });
  afterEach(() => {
    due.close();
    jest.useRealTimers();
  });

  it('are each kept, and by no more than a second late, whatever is set, moved and deleted', async () => {
    const moment = fc.integer({ min: 0, max: 100_000 });
    const step = fc.record({ name: fc.nat(20), at: fc.option(moment, { nil: undefined }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const start = Date.now();
        const items = Array.from({ length: 21 }, (_, name) => ({ name }));
        const expected = new Map<number, number>();
        done = [];
        for (const { name, at } of steps) {
          if (at === undefined) due.delete(items[name] as Item);
          else due.set(items[name] as Item, start + at);
          if (at === undefined) expected.delete(name);
          else expected.set(name, start + at);
        }
        await jest.advanceTimersByTimeAsync(102_000);
        expect(new Set(done.map(({ name }) => name))).toEqual(new Set(expected.keys()));
        expect(done).toHaveLength(expected.size);
        for (const { name, at } of done) {
          expect(at - (expected.get(name) as number)).toBeGreaterThanOrEqual(0);
          expect(at - (expected.get(name) as number)).toBeLessThanOrEqual(1010);
        }
        expect(due.count).toBe(0);
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('may be further away than a timer can wait', async () => {
    due.set({ name: 1 }, Date.now() + 60 * DAY_MS);
    await jest.advanceTimersByTimeAsync(59 * DAY_MS);
    expect(done).toEqual([]);
    await jest.advanceTimersByTimeAsync(DAY_MS + 1000);
    expect(done).toHaveLength(1);
  });

  it('need one timer for thousands, and none for nobody', () => {
    const items = Array.from({ length: 5000 }, (_, name) => ({ name }));
    for (const item of items) due.set(item, Date.now() + 1000 * (1 + (item.name % 700)));
    expect(jest.getTimerCount()).toBe(1);
    for (const item of items) due.delete(item);
    expect(due.count).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('are noticed within half a minute when the clock was set', async () => {
    due.set({ name: 1 }, Date.now() + DAY_MS);
    jest.setSystemTime(Date.now() + 2 * DAY_MS);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(done).toHaveLength(1);
  });
});
