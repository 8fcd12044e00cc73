import type { GatewayError } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { GatewayMetrics } from '../../metrics/index.js';
import { failed, type LaneEvent } from './lane-event.js';

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

  /** The log has refused them for good: tells their emitters, and counts those that had been told `queued`. */
  refuse(events: readonly LaneEvent[], error: GatewayError): void {
    const lostCount = events.filter((event) => !event.settle(failed(error))).length;
    if (lostCount === 0) return;
    this.#refused.inc(lostCount);
    this.#causes.error(
      'queued-lost',
      `${lostCount} events that were queued are lost: ${error.code}: ${error.message}`,
    );
  }
}
