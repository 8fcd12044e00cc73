import type { CauseLog } from '../../logging/index.js';
import type { GatewayMetrics } from '../../metrics/index.js';

/** Counts, and logs, the events that were taken and that no log will ever have. */
export class AbandonedEvents {
  readonly #causes: CauseLog;
  readonly #atShutdown;
  readonly #refused;

  constructor(metrics: GatewayMetrics, causes: CauseLog) {
    this.#causes = causes;
    this.#atShutdown = metrics.counter('abandoned_events_total', { reason: 'shutdown' });
    this.#refused = metrics.counter('abandoned_events_total', { reason: 'refused' });
  }

  /** The process has ended before the log had them. */
  atShutdown(count: number): void {
    if (count === 0) return;
    this.#atShutdown.inc(count);
    this.#causes.error(
      'lanes-closed',
      `Closed with ${count} events that Redis has not taken; they are lost.`,
    );
  }

  /** The log has refused them for good, after their emitters had been told that they are queued. */
  refused(count: number, reason: string): void {
    if (count === 0) return;
    this.#refused.inc(count);
    this.#causes.error('queued-lost', `${count} events that were queued are lost: ${reason}`);
  }
}
