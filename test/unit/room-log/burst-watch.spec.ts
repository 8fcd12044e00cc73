import { BurstWatch } from '../../../src/room-log/index.js';

describe('a burst watch', () => {
  let endCount: number;
  let watch: BurstWatch;

  beforeEach(() => {
    endCount = 0;
    watch = new BurstWatch(() => endCount++, true);
  });

  it('takes one or two in a tick for few, and leaves nothing for the end of the tick', async () => {
    expect(await ticksOf(1, 2, 1)).toEqual([[true], [true, true], [true]]);
    expect(endCount).toBe(0);
  });

  it('leaves a burst for the end of its tick, all but the first two of all', async () => {
    expect(await ticksOf(4, 3)).toEqual([
      [true, true, false, false],
      [false, false, false],
    ]);
    expect(endCount).toBe(2);
  });

  it('takes what comes after two calm ticks for few again', async () => {
    expect(await ticksOf(3, 1, 2, 1, 2)).toEqual([
      [true, true, false],
      [false],
      [false, false],
      [true],
      [true, true],
    ]);
    expect(endCount).toBe(3);
  });

  it('counts what has to wait for something else, and not what is left beside', async () => {
    expect(watch.isAtOnce()).toBe(true);
    watch.another();
    watch.another();
    await Promise.resolve();
    expect(endCount).toBe(0);
    for (let tick = 0; tick < 3; tick++) {
      watch.leave();
      await Promise.resolve();
    }
    expect(endCount).toBe(3);
    expect(await ticksOf(1, 1, 1)).toEqual([[false], [false], [true]]);
  });

  it('leaves everything for the end of the tick where it is not eager', async () => {
    watch = new BurstWatch(() => endCount++, false);
    expect(await ticksOf(1, 1, 1)).toEqual([[false], [false], [false]]);
    expect(endCount).toBe(3);
  });

  async function ticksOf(...counts: readonly number[]): Promise<boolean[][]> {
    const ticks: boolean[][] = [];
    for (const count of counts) {
      ticks.push(Array.from({ length: count }, () => watch.isAtOnce()));
      await Promise.resolve();
    }
    return ticks;
  }
});
