import * as promClient from 'prom-client';
import { METRICS, prometheusMetrics } from '../../../src/metrics/index.js';

async function valuesOf(register: promClient.Registry, name: string): Promise<Record<string, number>> {
  const metric = await register.getSingleMetric(`socket_gateway_${name}`)?.get();
  return Object.fromEntries(
    (metric?.values ?? []).map(({ labels, value }) => [Object.values(labels).join(','), value]),
  );
}

describe('prometheusMetrics', () => {
  it('takes the module as it is imported, and puts metrics into its own register unless told', async () => {
    prometheusMetrics(promClient).counter('replayed_events_total').inc(2);
    expect(await valuesOf(promClient.register, 'replayed_events_total')).toEqual({ '': 2 });
    promClient.register.clear();
  });

  it('makes every metric of the table, with its kind, help, labels and buckets', async () => {
    const register = new promClient.Registry();
    const metrics = prometheusMetrics(promClient, { register });
    for (const [name, { kind, labels }] of Object.entries(METRICS) as [keyof typeof METRICS, never][]) {
      const series = Object.fromEntries((labels as string[]).map((label) => [label, 'one']));
      if (kind === 'counter') metrics.counter(name, series).inc();
      else if (kind === 'histogram') metrics.histogram(name, series).observe(0.2);
      else metrics.gauge(name, series, () => 3);
    }
    const made = await register.getMetricsAsJSON();
    expect(made.map(({ name }) => name)).toEqual(
      Object.keys(METRICS).map((name) => `socket_gateway_${name}`),
    );
    expect(made.map(({ type, help }) => [type, help])).toEqual(
      Object.values(METRICS).map(({ kind, help }) => [kind, help]),
    );
    expect(await register.metrics()).toContain(
      'socket_gateway_emit_duration_seconds_bucket{le="0.25",delivery="one"} 1',
    );
  });

  it('shows series as 0 that were asked for and not counted yet, and counts each event once', async () => {
    const register = new promClient.Registry();
    const metrics = prometheusMetrics(promClient, { register });
    const gaps = metrics.counter('gaps_total', { reason: 'limit' });
    expect(await valuesOf(register, 'gaps_total')).toEqual({ limit: 0 });
    gaps.inc();
    gaps.inc(4);
    expect(await valuesOf(register, 'gaps_total')).toEqual({ limit: 5 });
    expect(await valuesOf(register, 'gaps_total')).toEqual({ limit: 5 });
  });

  it('adds up what several modules of a process say, and takes the worst where a sum means nothing', async () => {
    const register = new promClient.Registry();
    const [one, other] = [
      prometheusMetrics(promClient, { register }),
      prometheusMetrics(promClient, { register }),
    ];
    one.counter('replayed_events_total').inc(2);
    other.counter('replayed_events_total').inc(3);
    expect(await valuesOf(register, 'replayed_events_total')).toEqual({ '': 5 });
    one.gauge('connections', {}, () => 2);
    const stop = other.gauge('connections', {}, () => 3);
    expect(await valuesOf(register, 'connections')).toEqual({ '': 5 });
    stop();
    expect(await valuesOf(register, 'connections')).toEqual({ '': 2 });
    one.gauge('outbox_age_seconds', {}, () => 7);
    other.gauge('outbox_age_seconds', {}, () => 1);
    expect(await valuesOf(register, 'outbox_age_seconds')).toEqual({ '': 7 });
    one.gauge('redis_up', { connection: 'emit' }, () => 1);
    const stopDown = other.gauge('redis_up', { connection: 'emit' }, () => 0);
    expect(await valuesOf(register, 'redis_up')).toEqual({ emit: 0 });
    stopDown();
    expect(await valuesOf(register, 'redis_up')).toEqual({ emit: 1 });
  });

  it('says nothing of a gauge with labels that nobody reads any more', async () => {
    const register = new promClient.Registry();
    prometheusMetrics(promClient, { register }).gauge('redis_up', { connection: 'emit' }, () => 1)();
    expect(await valuesOf(register, 'redis_up')).toEqual({});
  });

  it('does not take over a metric of somebody else', () => {
    const register = new promClient.Registry();
    new promClient.Gauge({ name: 'socket_gateway_connections', help: 'mine', registers: [register] });
    const metrics = prometheusMetrics(promClient, { register });
    expect(() => metrics.gauge('connections', {}, () => 1)).toThrow('already been registered');
  });
});
