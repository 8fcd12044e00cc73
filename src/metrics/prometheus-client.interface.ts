import type { MetricLabels } from './gateway-metrics.js';

/** Where Prometheus' metrics are kept, as far as the library uses it: a `Registry` of prom-client. */
export interface PrometheusRegister {
  getSingleMetric(name: string): unknown;
}

/** A metric of prom-client whose series are asked for by their labels. */
export interface PrometheusMetric<Series> {
  labels(labels: MetricLabels): Series;
}

/** A gauge of prom-client. */
export interface PrometheusGauge {
  reset(): void;
  set(labels: MetricLabels, value: number): void;
}

/** What the library uses of the module `prom-client`, which is handed to it: it imports nothing of it. */
export interface PrometheusClient {
  readonly register: PrometheusRegister;
  readonly Counter: new (configuration: never) => PrometheusMetric<{ inc(by?: number): void }>;
  readonly Gauge: new (configuration: never) => PrometheusGauge;
  readonly Histogram: new (configuration: never) => PrometheusMetric<{ observe(value: number): void }>;
}
