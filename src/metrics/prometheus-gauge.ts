import type { MetricLabels } from './gateway-metrics.js';
import type { MetricDefinition } from './metric-table.js';
import type { PrometheusGauge as Gauge } from './prometheus-client.interface.js';

interface Series {
  readonly labels: MetricLabels;
  readonly reads: Set<() => number>;
}

const TOGETHER = {
  sum: (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0),
  max: (values: readonly number[]) => Math.max(...values),
  min: (values: readonly number[]) => Math.min(...values),
};

/** A gauge of prom-client whose values are read when they are collected: of all modules that share the register, as one. */
export class PrometheusGauge {
  readonly #series = new Map<string, Series>();

  /** @param make makes the metric */
  constructor({ together = 'sum' }: MetricDefinition, make: (collect: () => void) => Gauge) {
    const metric = make(() => {
      // Series that nobody reads any more are gone, and one without labels is 0.
      metric.reset();
      for (const { labels, reads } of this.#series.values()) {
        metric.set(labels, TOGETHER[together]([...reads].map((read) => read())));
      }
    });
  }

  /** @returns stops reading it */
  read(labels: MetricLabels, read: () => number): () => void {
    const key = JSON.stringify(Object.entries(labels).sort());
    const series = this.#series.get(key) ?? { labels, reads: new Set() };
    this.#series.set(key, series);
    series.reads.add(read);
    return () => {
      series.reads.delete(read);
      if (series.reads.size === 0 && this.#series.get(key) === series) this.#series.delete(key);
    };
  }
}
