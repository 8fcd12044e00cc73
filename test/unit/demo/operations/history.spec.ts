import { History } from '../../../../src/demo/web/operations/history.js';
import { sample } from './sample.js';

const figures = (
  times: number[],
  pid = 1,
): { role: 'worker'; pid: number; latencyBounds: number[]; samples: ReturnType<typeof sample>[] } => ({
  role: 'worker',
  pid,
  latencyBounds: [1],
  samples: times.map((time) => sample({ time })),
});

describe('History', () => {
  it('takes each sample once, however much the pieces overlap', () => {
    const history = new History();
    history.add(figures([1, 2, 3]));
    expect(history.add(figures([2, 3, 4, 5])).map(({ time }) => time)).toEqual([4, 5]);
    expect(history.add(figures([3, 4])).map(({ time }) => time)).toEqual([]);
    expect(history.samples.map(({ time }) => time)).toEqual([1, 2, 3, 4, 5]);
  });

  it('fills in what was missed when it is told late', () => {
    const history = new History();
    history.add(figures([1000, 2000]));
    history.add(figures([1000, 2000, 3000, 4000, 5000, 6000]));
    expect(history.samples).toHaveLength(6);
  });

  it('forgets what is older than three minutes, and knows whose each sample is', () => {
    const history = new History();
    history.add(figures([1000, 60_000]));
    history.add(figures([200_000], 2));
    expect(history.samples.map(({ time, pid }) => [time, pid])).toEqual([
      [60_000, 1],
      [200_000, 2],
    ]);
    expect(history.pid).toBe(2);
  });
});
