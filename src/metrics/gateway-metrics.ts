import type { MetricName } from './metric-table.js';

/** The labels of one series, such as `{ delivery: 'durable', status: 'published' }`. */
export type MetricLabels = Readonly<Record<string, string>>;

/** Something that is counted. */
export interface Counter {
  /** @param by how many; 1 unless told */
  inc(by?: number): void;
}

/** Something whose values are gathered, such as durations in seconds. */
export interface Histogram {
  observe(value: number): void;
}

/**
 * Where the library counts and measures. Series are asked for once, ahead of what they count: counting one more costs no
 * look-up. Nothing that it does may throw.
 */
export interface GatewayMetrics {
  counter(name: MetricName, labels?: MetricLabels): Counter;
  histogram(name: MetricName, labels?: MetricLabels): Histogram;
  /**
   * A value that is read whenever the metrics are collected.
   *
   * @returns stops reading it
   */
  gauge(name: MetricName, labels: MetricLabels, read: () => number): () => void;
}

const NOTHING = { inc: () => undefined, observe: () => undefined };

/** Counts nothing. */
export const NO_METRICS: GatewayMetrics = Object.freeze({
  counter: () => NOTHING,
  histogram: () => NOTHING,
  gauge: () => () => undefined,
});
