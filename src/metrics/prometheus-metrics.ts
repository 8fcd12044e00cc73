import type { GatewayMetrics, Histogram } from './gateway-metrics.js';
import { METRICS, type MetricDefinition, type MetricName } from './metric-table.js';
import type {
  PrometheusClient,
  PrometheusGauge as Gauge,
  PrometheusMetric,
  PrometheusRegister,
} from './prometheus-client.interface.js';
import { PrometheusCounter } from './prometheus-counter.js';
import { PrometheusGauge } from './prometheus-gauge.js';

/** What every metric of the library starts with in Prometheus. */
export const METRIC_PREFIX = 'socket_gateway_';

/** Where {@link prometheusMetrics} puts the metrics. */
export interface PrometheusMetricsOptions {
  /** @default the module's own `register` */
  readonly register?: PrometheusRegister | undefined;
}

/**
 * What is behind a metric stands on the metric itself, under this name: modules and applications that share a register share
 * its metrics, also when they have loaded two copies of this package.
 */
const BEHIND = Symbol.for('nestjs-socket-gateway:metric');

/**
 * Counts and measures with prom-client, under names that start with `socket_gateway_`.
 *
 * ```ts
 * import * as promClient from 'prom-client';
 * SocketGatewayModule.forRoot({ metrics: prometheusMetrics(promClient), … })
 * ```
 *
 * Several modules and applications of a process may share a register: counts add up, and so do gauges for which that means
 * something.
 *
 * @param client the module `prom-client`, 15
 * @throws what prom-client throws when the register has a metric of another's under such a name
 */
export function prometheusMetrics(
  client: PrometheusClient,
  { register = client.register }: PrometheusMetricsOptions = {},
): GatewayMetrics {
  const behind = <Behind extends object>(
    name: MetricName,
    create: (definition: MetricDefinition, make: Make) => Behind,
  ): Behind => {
    const metric = register.getSingleMetric(METRIC_PREFIX + name) as { [BEHIND]?: Behind } | undefined;
    const known = metric?.[BEHIND];
    if (known) return known;
    let made: object = {};
    const created = create(METRICS[name], (Metric, collect) => {
      const { help, labels, buckets }: MetricDefinition = METRICS[name];
      const more = { ...(buckets && { buckets }), ...(collect && { collect }) };
      const configuration = { name: METRIC_PREFIX + name, help, labelNames: labels, registers: [register] };
      const instance = new Metric({ ...configuration, ...more } as never);
      made = instance;
      return instance;
    });
    Object.assign(made, { [BEHIND]: created });
    return created;
  };
  return {
    counter: (name, labels = {}) =>
      behind(name, (_, make) => new PrometheusCounter((collect) => make(client.Counter, collect))).with(
        labels,
      ),
    histogram: (name, labels = {}) =>
      behind<PrometheusMetric<Histogram>>(name, (_, make) => make(client.Histogram)).labels(labels),
    gauge: (name, labels, read) =>
      behind(
        name,
        (definition, make) =>
          new PrometheusGauge(definition, (collect) => make<Gauge>(client.Gauge, collect)),
      ).read(labels, read),
  };
}

type Make = <Metric extends object>(
  constructor: new (configuration: never) => Metric,
  collect?: () => void,
) => Metric;
