import type { GatewayError } from './gateway-error.js';

/**
 * How an event is kept on its way.
 *
 * - `live`: nowhere. At most once, as a plain Socket.IO emit: who is not connected at this moment misses it.
 */
export type Delivery = 'live';

/** What an emit may be told beside its event. */
export interface EmitOptions {
  /**
   * How the event is kept.
   * @default 'live'
   */
  delivery?: Delivery;
  /**
   * Rooms whose sockets are left out, though they are in the room that is emitted to. `live` only.
   * @default nobody is left out
   */
  except?: string | readonly string[];
}

/**
 * What became of an emit. It is always one of these; an emit never throws and never rejects.
 *
 * - `published`: Redis took it (or, in local-only mode, this server's own sockets were sent it). A room that has no
 *   socket is `published` too: at most once says nothing about receivers.
 * - `failed`: logged and counted. `error.code` says why, `error.retryable` whether the same emit may succeed later.
 *   After `EMIT_TIMEOUT` it is not known whether Redis took it.
 */
export type EmitResult = { status: 'published' } | { status: 'failed'; error: GatewayError };
