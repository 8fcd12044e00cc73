import fc from 'fast-check';
import { leaveSlots } from '../../../../src/server/draining/leave-slots.js';

describe('The slots in which clients leave', () => {
  it('are spread evenly, and end with a grace before the time is up, for any number of them and any time', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.integer({ min: 1, max: 600_000 }), (count, drainMs) => {
        const { slotsMs, graceMs } = leaveSlots(count, drainMs);
        expect(slotsMs).toHaveLength(count);
        const step = (drainMs - graceMs) / Math.max(1, count);
        const pauses = slotsMs.map((slot, index) => slot - (slotsMs[index - 1] ?? 0));
        expect(pauses.every((pause) => pause >= 0 && pause <= step + 1)).toBe(true);
        const last = slotsMs.at(-1) ?? 0;
        expect(last + graceMs).toBeLessThanOrEqual(drainMs + 1);
      }),
    );
  });
});
