import { jest } from '@jest/globals';
import { Remembered } from '../../../../src/server/limits/remembered.js';

describe('What is remembered', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const make = (): { remembered: Remembered<{ isBusy: boolean }>; all: { isBusy: boolean }[] } => {
    const all: { isBusy: boolean }[] = [];
    const remembered = new Remembered<{ isBusy: boolean }>(
      () => {
        const entry = { isBusy: true };
        all.push(entry);
        return entry;
      },
      (entry) => !entry.isBusy,
    );
    return { remembered, all };
  };

  it('is forgotten soon after it says nothing more, also when nobody new comes', () => {
    const { remembered, all } = make();
    for (let user = 0; user < 1500; user++) remembered.of(String(user));
    jest.advanceTimersByTime(60_000);
    expect(remembered.count).toBe(1500);
    for (const entry of all.slice(1)) entry.isBusy = false;
    jest.advanceTimersByTime(3000);
    expect(remembered.count).toBe(1);
    expect(remembered.peek('0')).toBe(all[0]);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('keeps no timer when it is nothing, and begins again', () => {
    const { remembered, all } = make();
    remembered.of('ann');
    (all[0] as { isBusy: boolean }).isBusy = false;
    jest.advanceTimersByTime(1000);
    expect([remembered.count, jest.getTimerCount()]).toEqual([0, 0]);
    expect(remembered.of('ann')).toBe(all[1]);
    expect(jest.getTimerCount()).toBe(1);
  });
});
