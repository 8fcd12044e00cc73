import { growths, rates } from '../../../../src/demo/web/operations/rates.js';

const point = (time: number, total: number, pid = 1): { time: number; total: number; pid: number } => ({
  time,
  total,
  pid,
});
const totalOf = ({ total }: { total: number }): number => total;

describe('rates', () => {
  it('are per second, whatever the time between two samples', () => {
    const samples = [point(0, 100), point(1000, 104), point(3000, 112), point(3500, 112)];
    expect(rates(samples, totalOf)).toEqual([null, 4, 4, 0]);
  });

  it('say nothing of a time without samples, nor of what another process has counted', () => {
    const samples = [
      point(0, 10),
      point(6000, 1000),
      point(7000, 1001),
      point(8000, 2, 2),
      point(9000, 5, 2),
    ];
    expect(rates(samples, totalOf)).toEqual([null, null, 1, null, 3]);
  });
});

describe('growths', () => {
  const totals = ({ total }: { total: number }): number[] => [total, 2 * total];

  it('are what was added within the time before each sample', () => {
    const samples = [point(0, 1), point(1000, 2), point(2000, 5), point(3000, 6)];
    expect(growths(samples, totals, 2000)).toEqual([
      [0, 0],
      [1, 2],
      [4, 8],
      [4, 8],
    ]);
  });

  it('begin anew with another process', () => {
    const samples = [point(0, 50), point(1000, 3, 2), point(2000, 5, 2)];
    expect(growths(samples, totals, 60_000)).toEqual([
      [0, 0],
      [0, 0],
      [2, 4],
    ]);
  });
});
