import { isGatewayError } from '../contract/index.js';
import { ForwardingLog, type AppendingLog } from '../receipts/index.js';
import type { AppendBatch, AppendReport } from '../room-log/index.js';
import { traceparentIn, type GatewayTracing } from '../tracing/index.js';

/** A log that tells of each append of events that carry a traceparent: of each attempt, if there are several. */
export class TracedLog extends ForwardingLog {
  readonly #tracing: GatewayTracing;

  constructor(log: AppendingLog, tracing: GatewayTracing) {
    super(log);
    this.#tracing = tracing;
  }

  append(batch: AppendBatch): Promise<AppendReport> {
    const carried = batch.events.map(({ data }) => traceparentIn(data)).filter(isThere);
    const appended = this.log.append(batch);
    if (carried.length === 0) return appended;
    const { room, isRetry } = batch;
    const step = { room, isRetry, traceparents: [...new Set(carried)], events: batch.events.length };
    const startedAt = performance.now();
    appended.then(
      (report) => this.#tracing.appended({ ...step, startedAt, id: idIn(report), error: undefined }),
      (cause: unknown) => {
        const error = isGatewayError(cause) ? cause.code : 'REDIS_REFUSED';
        this.#tracing.appended({ ...step, startedAt, id: undefined, error });
      },
    );
    return appended;
  }
}

function isThere(traceparent: string | undefined): traceparent is string {
  return traceparent !== undefined;
}

/** Of a single event. */
function idIn(report: AppendReport): string | undefined {
  const [outcome, ...others] = report.status === 'done' ? report.outcomes : [];
  return outcome && others.length === 0 && 'token' in outcome ? outcome.token : undefined;
}
