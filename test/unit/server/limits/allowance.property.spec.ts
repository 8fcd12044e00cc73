import fc from 'fast-check';
import { Allowance } from '../../../../src/server/limits/allowance.js';

const steps = fc.array(fc.record({ amount: fc.nat(5000), afterMs: fc.nat(3000) }), { maxLength: 30 });
const rates = fc.record({
  perSecond: fc.integer({ min: 1, max: 1000 }),
  burst: fc.integer({ min: 1, max: 1000 }),
});

describe('An allowance', () => {
  it('says of any rate and any use what a share says that fills in time, and owes five seconds at most', () => {
    fc.assert(
      fc.property(rates, steps, (rate, used) => {
        const { perSecond, burst } = rate;
        const allowance = new Allowance(rate);
        let left = burst;
        let now = 1000;
        for (const { amount, afterMs } of used) {
          now += afterMs;
          left = Math.min(burst, left + (afterMs * perSecond) / 1000);
          left = Math.max(left - amount, -5 * perSecond);
          const waitMs = Math.max(0, ((1 - left) / perSecond) * 1000);
          expect(allowance.take(amount, now)).toBeCloseTo(waitMs, 3);
          expect(allowance.isFull(now + ((burst - left) / perSecond) * 1000 + 0.01)).toBe(true);
          if (left < burst) expect(allowance.isFull(now)).toBe(false);
        }
      }),
    );
  });
});
