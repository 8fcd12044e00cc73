/** What accompanies an event that was not sent `live`, as its second argument. */
export interface EventMeta {
  /** The room that the event was emitted to. */
  room: string;
}

/** The library's own messages from a server to a client, name -> payload. */
export interface ControlMessages {
  'gateway:ready': ReadyMessage;
}

/** `gateway:ready`: the first message on a connection; the socket is in its rooms. */
export interface ReadyMessage {
  userId: string;
  rooms: RoomReadiness[];
}

/** How a socket stands to one room: joined, or refused with a code. */
export type RoomReadiness = { room: string; ok: true } | { room: string; ok: false; code: string };

/**
 * Why a connection was refused.
 *
 * - `UNAUTHENTICATED`: no token was sent.
 * - `TOKEN_EXPIRED`: the token was good once; get a new one and connect again.
 * - `TOKEN_INVALID`: everything else, without detail.
 */
export type RefusalCode = 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID';

/** The `data` of the `connect_error` that a refused client sees. */
export interface RefusalData {
  code: RefusalCode;
}
