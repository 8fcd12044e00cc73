export {
  NO_METRICS,
  type Counter,
  type GatewayMetrics,
  type Histogram,
  type MetricLabels,
} from './gateway-metrics.js';
export { METRICS, type MetricDefinition, type MetricName } from './metric-table.js';
