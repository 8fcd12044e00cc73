import type { RefusalCode, RequestRefusalCode } from '../contract/index.js';

/**
 * Why something failed that a client tells of.
 *
 * - The codes of the server: why it refused the connection, or a room.
 * - `REFUSED`: the connection was refused for a reason of the application's own, which is the `cause`.
 * - `DISCONNECTED`: the server has ended the connection on purpose.
 * - `CLOSED`: `close()` was called.
 * - `TOKEN_FAILED`: the `token` function threw or rejected. It is asked again.
 * - `HANDLER_FAILED`: a handler threw or rejected. The event counts as handled.
 * - `EVENTS_UNHANDLED`: as many events wait for a handler as may wait.
 * - `GAP_UNHANDLED`: events are missing, and nobody listens by `onGap`.
 * - `STORAGE_FAILED`: the storage threw; positions are no longer stored.
 * - `STORAGE_SHARED`: the storage is one that several tabs share.
 */
export type ClientErrorCode =
  | RefusalCode
  | RequestRefusalCode
  | 'REFUSED'
  | 'DISCONNECTED'
  | 'CLOSED'
  | 'TOKEN_FAILED'
  | 'HANDLER_FAILED'
  | 'EVENTS_UNHANDLED'
  | 'GAP_UNHANDLED'
  | 'STORAGE_FAILED'
  | 'STORAGE_SHARED';

/** What a {@link GatewayClientError} may have beside its code. */
export interface ClientErrorDetails {
  /** The room that it is about. */
  room?: string | undefined;
  /** The name of the event that it is about. */
  event?: string | undefined;
  /** What was thrown, by the application or below. */
  cause?: unknown;
}

/** The one error class of the client. Its message never contains a token or a payload. */
export class GatewayClientError extends Error {
  override readonly name = 'GatewayClientError';

  /** Why, in a form that a program can read. */
  readonly code: ClientErrorCode;

  /** The room that it is about, if it is about one. */
  readonly room: string | undefined;

  /** The name of the event that it is about, if it is about one. */
  readonly event: string | undefined;

  constructor(code: ClientErrorCode, message: string, { room, event, cause }: ClientErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.room = room;
    this.event = event;
  }
}
