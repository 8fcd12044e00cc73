/**
 * The value below which a share of what a histogram counted lies, read as Prometheus' `histogram_quantile` does: evenly
 * spread within a bucket.
 *
 * @param {number} share from 0 to 1
 * @param {readonly number[]} bounds of the buckets, ascending
 * @param {readonly number[]} counts for each bound how many were at most so large, and last of all
 * @returns {number | null} null when nothing was counted; the highest bound when it lies beyond
 */
export function quantile(share, bounds, counts) {
  const total = counts.at(-1) ?? 0;
  if (total <= 0) return null;
  const rank = share * total;
  const bucket = bounds.findIndex((_, index) => counts[index] >= rank);
  if (bucket === -1) return bounds.at(-1) ?? null;
  const [lowest, below] = bucket === 0 ? [0, 0] : [bounds[bucket - 1], counts[bucket - 1]];
  const inBucket = counts[bucket] - below;
  return inBucket === 0 ? lowest : lowest + (bounds[bucket] - lowest) * ((rank - below) / inBucket);
}
