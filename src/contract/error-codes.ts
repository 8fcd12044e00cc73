/**
 * Every code that a `GatewayError` can carry, and whether the same call may succeed later without a change. A code
 * is never reused for another meaning. `docs/errors.md` has a heading for each: its cause and what to do.
 */
export const ERROR_CODES = {
  /** The application runs without `app.useWebSocketAdapter(app.get(RedisIoAdapter))`. */
  ADAPTER_NOT_INSTALLED: { retryable: false },
  /** SocketGatewayModule and WorkerGatewayModule are in one application. */
  EMITTER_AMBIGUOUS: { retryable: false },
  /** The event was not emitted within `emitTimeoutMs`; Redis may have taken it nevertheless. */
  EMIT_TIMEOUT: { retryable: true },
  /** An emit was made after the application had closed. */
  EMITTER_CLOSED: { retryable: false },
  /** As many events with a `fallback` wait as may wait. */
  FALLBACKS_FULL: { retryable: true },
  /** A report of a job's run came after a newer run had reported, or after the job's end. */
  FENCED: { retryable: false },
  /** An event's name or payload cannot be sent. */
  INVALID_EVENT: { retryable: false },
  /** An option has a value that cannot be used; the message names its path. */
  INVALID_OPTIONS: { retryable: false },
  /** A room's name is empty, too long, or has control characters; or `except` is neither a room nor an array of rooms. */
  INVALID_ROOM: { retryable: false },
  /** A user's id is empty, too long, or neither string nor number; or a list of users is empty. */
  INVALID_USER: { retryable: false },
  /** SocketGatewayModule is in an application context, which has no HTTP server. */
  NOT_A_SERVER: { retryable: false },
  /** Redis is away, and as many events wait for it as may wait. */
  OUTBOX_FULL: { retryable: true },
  /** The payload is larger than `maxPayloadBytes`. */
  PAYLOAD_TOO_LARGE: { retryable: false },
  /** Neither the `redis` option nor REDIS_URL is set, or what is set cannot be read. */
  REDIS_NOT_CONFIGURED: { retryable: false },
  /** Redis answered with an error. */
  REDIS_REFUSED: { retryable: false },
  /** Redis cannot be reached at this moment. */
  REDIS_UNAVAILABLE: { retryable: true },
  /** The application's own transport failed with an error of its own. */
  TRANSPORT_FAILED: { retryable: true },
} as const satisfies Record<string, { retryable: boolean }>;

/** The code of a `GatewayError`. */
export type GatewayErrorCode = keyof typeof ERROR_CODES;
