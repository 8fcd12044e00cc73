import { jest } from '@jest/globals';
import fc from 'fast-check';
import { ProgressThrottle } from '../../../src/demo/importer/progress-throttle.js';

describe('ProgressThrottle', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('sends the first value at once and then the newest of each interval', () => {
    const sent: number[] = [];
    const throttle = new ProgressThrottle<number>((value) => sent.push(value), 100);
    throttle.offer(1);
    throttle.offer(2);
    throttle.offer(3);
    expect(sent).toEqual([1]);
    jest.advanceTimersByTime(100);
    expect(sent).toEqual([1, 3]);
  });

  it('never sends more often than allowed, and always the last value, whatever is offered when', async () => {
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 250 }), value: fc.integer() }), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (offers) => {
        const sent: { value: number; at: number }[] = [];
        const throttle = new ProgressThrottle<number>(
          (value) => sent.push({ value, at: performance.now() }),
          100,
        );
        for (const { wait, value } of offers) {
          await jest.advanceTimersByTimeAsync(wait);
          throttle.offer(value);
        }
        const flushed = throttle.flush();
        await jest.advanceTimersByTimeAsync(200);
        await flushed;
        expect(sent.at(-1)?.value).toBe(offers.at(-1)?.value);
        for (const [index, { at }] of sent.entries()) {
          expect(at - (sent[index - 1]?.at ?? -Infinity)).toBeGreaterThanOrEqual(100);
        }
      }),
    );
  });

  it('leaves no timer behind when it is cancelled', () => {
    const sent: number[] = [];
    const throttle = new ProgressThrottle<number>((value) => sent.push(value), 100);
    throttle.offer(1);
    throttle.offer(2);
    throttle.cancel();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(500);
    expect(sent).toEqual([1]);
  });
});
