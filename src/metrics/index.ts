export {
  NO_METRICS,
  type Counter,
  type GatewayMetrics,
  type Histogram,
  type MetricLabels,
} from './gateway-metrics.js';
export { METRICS, type MetricDefinition, type MetricName } from './metric-table.js';
export { measureEventLoop } from './measure-event-loop.js';
export { METRIC_PREFIX, prometheusMetrics, type PrometheusMetricsOptions } from './prometheus-metrics.js';
export type { PrometheusClient, PrometheusRegister } from './prometheus-client.interface.js';
