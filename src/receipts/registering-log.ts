import type { CauseLog } from '../logging/index.js';
import type { AppendBatch, AppendOutcome, AppendReport } from '../room-log/index.js';
import type { DeliveryWatch } from './delivery-watch.js';
import { ForwardingLog, type AppendingLog } from './forwarding-log.js';
import type { ReceiptRegister, RegisteredEvent } from './receipt-register.js';

/**
 * A log that registers which events of a batch clients are to acknowledge before it appends them, and tells the register
 * what came of it. Other batches it passes on. Worked example of the order:
 *
 *     registered, then appended: the emitter dies between the two; whoever is given the entry finds that it was never
 *       appended, and drops it
 *     appended, then registered: the emitter dies between the two; the event has no fallback, and nobody knows
 */
export class RegisteringLog extends ForwardingLog {
  readonly #register: ReceiptRegister;
  readonly #watch: DeliveryWatch;
  readonly #causes: CauseLog;

  constructor(log: AppendingLog, register: ReceiptRegister, watch: DeliveryWatch, causes: CauseLog) {
    super(log);
    this.#register = register;
    this.#watch = watch;
    this.#causes = causes;
  }

  append(batch: AppendBatch): Promise<AppendReport> {
    const [first] = batch.events;
    // Lanes never mix those that ask with those that do not.
    return first?.kind === 'durable' && first.receipt ? this.#registered(batch) : this.log.append(batch);
  }

  async #registered(batch: AppendBatch): Promise<AppendReport> {
    const { room, emitter, isRetry } = batch;
    const events = askingEvents(batch);
    await this.#register.register({ room, emitter, events, isRetry });
    let report: AppendReport;
    try {
      report = await this.log.append(batch);
    } catch (error) {
      // What may be sent again stays registered: it may have been appended.
      if ((error as { retryable?: unknown }).retryable !== true) {
        for (const event of events) this.#settled(emitter, event, undefined);
      }
      throw error;
    }
    if (report.status === 'done') {
      for (const [index, event] of events.entries()) this.#settled(emitter, event, report.outcomes[index]);
    }
    return report;
  }

  #settled(emitter: string, { seq, wish }: RegisteredEvent, outcome: AppendOutcome | undefined): void {
    if (wish.withinMs !== undefined && wish.isGivenUp) this.#watch.forget(emitter, seq);
    if (wish.afterMs === undefined) return;
    // Where the log has lost its token, whoever is given the entry looks for it.
    if (outcome?.outcome === 'before' && outcome.token === undefined) return;
    const isAppended = outcome?.outcome === 'appended' || outcome?.outcome === 'before';
    this.#register.settle(emitter, seq, isAppended ? outcome.token : undefined).catch((error: unknown) => {
      this.#causes.warn(
        'receipts-unsettled',
        `The register was not told what came of an event; its log will be asked: ${String(error)}`,
      );
    });
  }
}

function askingEvents({ events }: AppendBatch): RegisteredEvent[] {
  return events.map((event) => ({
    seq: event.seq,
    data: event.data,
    wish: (event.kind === 'durable' && event.receipt) || {},
  }));
}
