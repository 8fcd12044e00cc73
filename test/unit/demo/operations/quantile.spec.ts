import { quantile } from '../../../../src/demo/web/operations/quantile.js';

const BOUNDS = [1, 2, 4];

describe('quantile', () => {
  it('is spread evenly within a bucket, as in Prometheus', () => {
    expect(quantile(0.5, BOUNDS, [0, 10, 10, 10])).toBe(1.5);
    expect(quantile(0.5, BOUNDS, [10, 10, 10, 10])).toBe(0.5);
    expect(quantile(0.75, BOUNDS, [5, 5, 10, 10])).toBe(3);
    expect(quantile(1, BOUNDS, [0, 0, 3, 3])).toBe(4);
  });

  it('passes over empty buckets', () => {
    expect(quantile(0.99, BOUNDS, [50, 50, 100, 100])).toBeCloseTo(3.96);
    expect(quantile(0.5, BOUNDS, [50, 50, 100, 100])).toBe(1);
  });

  it('is the highest bound beyond it, and nothing when nothing was counted', () => {
    expect(quantile(0.99, BOUNDS, [0, 0, 0, 7])).toBe(4);
    expect(quantile(0.99, BOUNDS, [0, 0, 0, 0])).toBeNull();
    expect(quantile(0.99, [], [])).toBeNull();
  });
});
