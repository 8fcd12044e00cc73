import { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from '../../config/index.js';

/** What an emitter keeps for a log that is away, and of what the log has acknowledged. */
export interface LanesLimits {
  /** What may wait for the log. */
  readonly outbox: OutboxLimits;
  /** How long acknowledged events are kept, to be sent again to a log that forgot them, in ms. @default 10000 */
  readonly keepAcknowledgedMs: number;
  readonly maxAcknowledgedEvents: number;
  readonly maxAcknowledgedChars: number;
  /** The most events of one batch, and their JSON in characters. */
  readonly maxBatchEvents: number;
  readonly maxBatchChars: number;
}

export const DEFAULT_LANES_LIMITS: LanesLimits = Object.freeze({
  outbox: DEFAULT_OUTBOX_LIMITS,
  keepAcknowledgedMs: 10_000,
  maxAcknowledgedEvents: 5000,
  maxAcknowledgedChars: 8 * 1024 * 1024,
  maxBatchEvents: 64,
  maxBatchChars: 128 * 1024,
});
