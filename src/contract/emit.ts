import type { GatewayError } from './gateway-error.js';

/**
 * How an event is kept on its way.
 *
 * - `live`: nowhere. At most once, as a plain Socket.IO emit: who is not connected at this moment misses it.
 * - `latest`: only the newest value of each key in a room. Who is connected sees each newest value; who joins or
 *   returns gets the current one.
 * - `durable`: in the room's log. In order, without loss and without repeats within the log's bounds, across
 *   disconnects, reloads and restarts; outside them a `gateway:gap` says so.
 */
export type Delivery = 'live' | 'latest' | 'durable';

/** What an emit may be told beside its event. */
export interface EmitOptions {
  /**
   * How the event is kept. `broadcast` is always `live`: to keep an event for everybody, emit it to a default room.
   * @default the option `delivery` of the module
   */
  delivery?: Delivery | undefined;
  /**
   * `latest` only: whose newest value this is, such as a job's id. 1 to 256 bytes, without control characters.
   * @default the event's name
   */
  key?: string | undefined;
  /**
   * `durable` only: of several emits to a room with the same key, such as those of a job that is run again, only the
   * first is appended; the others are `duplicate`. 1 to 256 bytes. Remembered for `dedupeTtlMs`.
   */
  dedupeKey?: string | undefined;
  /**
   * `durable` only: the key of a latest value that is dropped in the same step, so that no "80 %" appears after
   * "completed".
   */
  clears?: string | undefined;
  /**
   * `live` only: rooms whose sockets are left out, though they are in the room that is emitted to. A log has no way to
   * leave someone out.
   * @default nobody is left out
   */
  except?: string | readonly string[] | undefined;
  /**
   * `durable`, `emitToUser` and `emitToUsers` only: the result has `delivered`, which says whether a client of the user has
   * handled the event within `withinMs` after it was appended, 1 to 600,000 ms. The promise then settles within
   * `emitTimeoutMs` + `withinMs`. Clients acknowledge by `connectGateway`, or as docs/protocol.md says.
   * @default nobody is asked
   */
  confirm?: { withinMs: number } | undefined;
  /**
   * `durable`, `emitToUser` and `emitToUsers` only: when no client of the user has handled the event `afterMs` after it was
   * appended, 1 to 604,800,000 ms, it is handed to a handler of `onUndelivered`, in one process of all.
   * @default nothing happens
   */
  fallback?: { afterMs: number } | undefined;
}

/**
 * What became of an emit. It is always one of these; an emit never throws and never rejects.
 *
 * - `published`: Redis took it (or, in local-only mode, this server did). `id` is the token of a durable event;
 *   `servers` is how many servers had a socket in the room at that moment, as far as it is known (not in a cluster): a hint. A room that
 *   has no socket is `published` too. `delivered` is there with the option `confirm`, and says whether a client of the user
 *   has handled the event in time.
 * - `duplicate`: the log has another event with its `dedupeKey`, under this id.
 * - `queued`: Redis is away. The event waits in memory, within bounds, and is appended when Redis is back: in order,
 *   before anything newer. It is lost if the process ends before. Not for `live`.
 * - `failed`: logged and counted. `error.code` says why, `error.retryable` whether the same emit may succeed later.
 *   After `EMIT_TIMEOUT` it is not known whether Redis took it.
 */
export type EmitResult =
  | { status: 'published'; id?: string; servers?: number; delivered?: boolean }
  | { status: 'duplicate'; id: string }
  | { status: 'queued' }
  | { status: 'failed'; error: GatewayError };
