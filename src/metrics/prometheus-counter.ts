import type { Counter, MetricLabels } from './gateway-metrics.js';
import type { PrometheusMetric } from './prometheus-client.interface.js';

/** Counts in a number of its own: prom-client looks its series up each time, which costs more than some of what is counted. */
class PendingCount implements Counter {
  #pending = 0;
  readonly #series: Counter;

  constructor(series: Counter) {
    this.#series = series;
  }

  inc(by = 1): void {
    this.#pending += by;
  }

  handOver(): void {
    this.#series.inc(this.#pending);
    this.#pending = 0;
  }
}

/** A counter of prom-client whose series are told what was counted when they are collected. */
export class PrometheusCounter {
  readonly #metric: PrometheusMetric<Counter>;
  readonly #series = new Map<string, PendingCount>();

  /** @param make makes the metric */
  constructor(make: (collect: () => void) => PrometheusMetric<Counter>) {
    this.#metric = make(() => {
      for (const series of this.#series.values()) series.handOver();
    });
  }

  /** The same for the same labels. From now on it is collected, as 0 at first. */
  with(labels: MetricLabels): Counter {
    const key = JSON.stringify(Object.entries(labels).sort());
    let series = this.#series.get(key);
    if (!series) {
      series = new PendingCount(this.#metric.labels(labels));
      this.#series.set(key, series);
    }
    return series;
  }
}
