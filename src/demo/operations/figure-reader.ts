import type { Registry } from 'prom-client';
import type { FigureSample } from './figure-sample.js';

/** What of a sample is read from metrics. */
export type MeasuredFigures = Omit<FigureSample, 'time' | 'ready' | 'redis'>;

interface Series {
  labels: Partial<Record<string, string | number>>;
  value: number;
  metricName?: string;
}

/**
 * Reads the figures that the page shows out of prom-client's register. One by one: to collect all would begin the spans anew
 * that some metrics have between two visits of Prometheus.
 */
export class FigureReader {
  constructor(private readonly register: Registry) {}

  async read(): Promise<MeasuredFigures> {
    const up = await this.#series('redis_up');
    const probe = (await this.#series('probe_age_seconds'))[0];
    return {
      connected: up.length === 0 ? null : up.every(({ value }) => value === 1),
      probeAgeMs: probe === undefined ? null : milliseconds(probe.value),
      connections: await this.#sum('connections'),
      emits: Object.fromEntries(
        (await this.#series('emits_total')).map(({ labels, value }) => [
          `${labels['delivery']} ${labels['status']}`,
          value,
        ]),
      ),
      outbox: await this.#sum('outbox_events'),
      outboxAgeMs: milliseconds(await this.#sum('outbox_age_seconds')),
      gaps: await this.#sum('gaps_total'),
      holesFilled: await this.#sum('holes_filled_total'),
      latency: (await this.#latencyBuckets()).map(({ value }) => value),
    };
  }

  /** Of the samples' `latency`, but for the last, in seconds. */
  async latencyBounds(): Promise<number[]> {
    return (await this.#latencyBuckets()).map(({ labels }) => Number(labels['le'])).filter(Number.isFinite);
  }

  /** From the lowest bound to all. */
  async #latencyBuckets(): Promise<Series[]> {
    const series = await this.#series('append_to_socket_seconds');
    return series.filter(({ metricName }) => metricName?.endsWith('_bucket'));
  }

  async #sum(name: string): Promise<number> {
    return (await this.#series(name)).reduce((sum, { value }) => sum + value, 0);
  }

  async #series(name: string): Promise<Series[]> {
    return (await this.register.getSingleMetric(`socket_gateway_${name}`)?.get())?.values ?? [];
  }
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
