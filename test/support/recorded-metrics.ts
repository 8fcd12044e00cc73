import type { GatewayMetrics, MetricLabels, MetricName } from '../../src/metrics/index.js';

/** Keeps what is counted, for tests to look at. */
export class RecordedMetrics implements GatewayMetrics {
  readonly #counts = new Map<string, number>();
  readonly #observed = new Map<string, number[]>();
  readonly #gauges = new Map<string, () => number>();

  counter(name: MetricName, labels: MetricLabels = {}): { inc(by?: number): void } {
    const series = seriesOf(name, labels);
    return { inc: (by = 1) => void this.#counts.set(series, (this.#counts.get(series) ?? 0) + by) };
  }

  histogram(name: MetricName, labels: MetricLabels = {}): { observe(value: number): void } {
    const values: number[] = this.#observed.get(seriesOf(name, labels)) ?? [];
    this.#observed.set(seriesOf(name, labels), values);
    return { observe: (value) => void values.push(value) };
  }

  gauge(name: MetricName, labels: MetricLabels, read: () => number): () => void {
    const series = seriesOf(name, labels);
    this.#gauges.set(series, read);
    return () => void this.#gauges.delete(series);
  }

  /** How often something was counted; 0 when never. */
  count(name: MetricName, labels: MetricLabels = {}): number {
    return this.#counts.get(seriesOf(name, labels)) ?? 0;
  }

  /** What a gauge says now; undefined when there is none. */
  value(name: MetricName, labels: MetricLabels = {}): number | undefined {
    return this.#gauges.get(seriesOf(name, labels))?.();
  }

  observed(name: MetricName, labels: MetricLabels = {}): readonly number[] {
    return this.#observed.get(seriesOf(name, labels)) ?? [];
  }
}

function seriesOf(name: MetricName, labels: MetricLabels): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => a.localeCompare(b));
  return `${name}${JSON.stringify(sorted)}`;
}
