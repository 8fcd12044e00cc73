/** What a log keeps, and for how long. */
export interface RoomLogLimits {
  /** Events per room. Redis keeps up to 128 more, because it frees whole nodes. @default 1000 */
  readonly maxLength: number;
  /** Bytes of memory per room; looked at about 64 times while as many are appended. @default 4194304 */
  readonly maxBytes: number;
  /** How long after its last event a room's log is kept, in ms; its tail is kept twice as long. @default 86400000 */
  readonly ttlMs: number;
  /** How long a `dedupeKey` is remembered, in ms: at least this long, at most twice. @default 86400000 */
  readonly dedupeTtlMs: number;
  /** Keys remembered per room and `dedupeTtlMs`; above it some are forgotten early. @default 10000 */
  readonly maxDedupeKeys: number;
  /** Latest values per room; the oldest goes. @default 100 */
  readonly maxLatest: number;
}

export const DEFAULT_ROOM_LOG_LIMITS: RoomLogLimits = Object.freeze({
  maxLength: 1000,
  maxBytes: 4 * 1024 * 1024,
  ttlMs: 24 * 60 * 60 * 1000,
  dedupeTtlMs: 24 * 60 * 60 * 1000,
  maxDedupeKeys: 10_000,
  maxLatest: 100,
});
