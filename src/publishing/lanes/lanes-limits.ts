/** What an emitter keeps for a log that is away, and of what the log has acknowledged. */
export interface LanesLimits {
  /** Events that wait for the log, in all rooms together. @default 10000 */
  readonly maxWaitingEvents: number;
  /** Their JSON, in characters: in memory each takes one byte, or two where the text is not Latin. @default 16777216 */
  readonly maxWaitingChars: number;
  /** How long the log may be away before no more events are accepted, in ms. What was accepted stays. @default 300000 */
  readonly maxAwayMs: number;
  /** How long acknowledged events are kept, to be sent again to a log that forgot them, in ms. @default 10000 */
  readonly keepAcknowledgedMs: number;
  readonly maxAcknowledgedEvents: number;
  readonly maxAcknowledgedChars: number;
  /** The most events of one batch, and their JSON in characters. */
  readonly maxBatchEvents: number;
  readonly maxBatchChars: number;
}

export const DEFAULT_LANES_LIMITS: LanesLimits = Object.freeze({
  maxWaitingEvents: 10_000,
  maxWaitingChars: 16 * 1024 * 1024,
  maxAwayMs: 5 * 60_000,
  keepAcknowledgedMs: 10_000,
  maxAcknowledgedEvents: 5000,
  maxAcknowledgedChars: 8 * 1024 * 1024,
  maxBatchEvents: 64,
  maxBatchChars: 128 * 1024,
});
