import { ERROR_CODES, type Delivery, type EmitResult, type GatewayErrorCode } from '../contract/index.js';
import type { Counter, GatewayMetrics, Histogram } from '../metrics/index.js';

/** How an emit was to travel; `none` when it was refused before that was known. */
type Planned = Delivery | 'none';

const STATUSES = ['published', 'duplicate', 'queued', 'failed'] as const;

interface Series {
  readonly results: Readonly<Record<EmitResult['status'], Counter>>;
  readonly duration: Histogram;
}

/** Counts emits by what came of them, and measures how long that took. */
export class EmitMeter {
  readonly #series: Readonly<Record<Delivery, Series>>;
  readonly #refused: Counter;
  readonly #failures: Readonly<Record<GatewayErrorCode, Counter>>;

  constructor(metrics: GatewayMetrics) {
    const of = (delivery: Delivery): Series => ({
      results: Object.fromEntries(
        STATUSES.map((status) => [status, metrics.counter('emits_total', { delivery, status })]),
      ) as Series['results'],
      duration: metrics.histogram('emit_duration_seconds', { delivery }),
    });
    this.#series = { live: of('live'), latest: of('latest'), durable: of('durable') };
    this.#refused = metrics.counter('emits_total', { delivery: 'none', status: 'failed' });
    // All from the start: Prometheus sees no increase in a series that begins with the first failure.
    this.#failures = Object.fromEntries(
      Object.keys(ERROR_CODES).map((code) => [code, metrics.counter('failed_emits_total', { code })]),
    ) as Record<GatewayErrorCode, Counter>;
  }

  /**
   * @param startedAt as `performance.now()` counts
   * @param emitted never rejects
   */
  watch(delivery: Planned, startedAt: number, emitted: Promise<EmitResult>): void {
    if (delivery === 'none') {
      this.#refused.inc();
      return;
    }
    const { results, duration } = this.#series[delivery];
    void emitted.then(({ status }) => {
      results[status].inc();
      duration.observe((performance.now() - startedAt) / 1000);
    });
  }

  /** So many were refused before anything was known of them. */
  refused(count: number): void {
    this.#refused.inc(count);
  }

  /** So many failed with this code. */
  failed(code: GatewayErrorCode, count: number): void {
    this.#failures[code].inc(count);
  }
}
