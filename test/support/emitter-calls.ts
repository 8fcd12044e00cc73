/** What a job in another process has done so far; see `emitter-calls.mjs` of the fixtures. */
export interface JobStats {
  steps: number;
  publishedCount: number;
  queuedCount: number;
  failedCount: number;
  /** How many emits failed with each code. */
  failed: Record<string, number>;
  /** How long the slowest emit took. */
  slowestMs: number;
  /** How many of those that were not published did not get their result at once. */
  waitedCount: number;
}

/** What became of many emits that nobody waited for. */
export interface Flood {
  /** How many were `published` or `queued`, or failed with each code. */
  statuses: Record<string, number>;
  /** What they cost for good, in bytes. */
  heapGrowth: number;
  rssGrowth: number;
}
