/** How much may wait in a process for a Redis that is away. */
export interface OutboxLimits {
  /** Events, in all rooms together. @default 10000 */
  readonly maxEvents: number;
  /** Bytes of their JSON. @default 16777216 */
  readonly maxBytes: number;
  /** How long Redis may have taken none, in ms, before no more are accepted. @default 300000 */
  readonly maxAgeMs: number;
}

export const DEFAULT_OUTBOX_LIMITS: OutboxLimits = Object.freeze({
  maxEvents: 10_000,
  maxBytes: 16 * 1024 * 1024,
  maxAgeMs: 5 * 60_000,
});
