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
export type RoomReadiness =
  { room: string; ok: true } | { room: string; ok: false; code: RequestRefusalCode };

/**
 * Why a connection was refused.
 *
 * - `UNAUTHENTICATED`: no token was sent.
 * - `TOKEN_EXPIRED`: the token was good once; get a new one and connect again.
 * - `TOKEN_INVALID`: everything else about the token, without detail.
 * - `ORIGIN_REFUSED`: the page that connects is of an origin that is not allowed.
 * - `AUTH_UNAVAILABLE`: the keys to verify with cannot be had at this moment; connect again later.
 */
export type RefusalCode =
  'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'ORIGIN_REFUSED' | 'AUTH_UNAVAILABLE';

/** The `data` of the `connect_error` that a refused client sees. */
export interface RefusalData {
  code: RefusalCode;
}

/** The library's own messages from a client to a server, name -> payload. Each is acknowledged with a {@link Reply}. */
export interface ControlRequests {
  'gateway:join': { room: string };
  'gateway:leave': { room: string };
}

/**
 * Why a request was refused.
 *
 * - `INVALID_ROOM`: the name of the room cannot be one.
 * - `ROOM_FORBIDDEN`: this user may not be in that room; or may not leave it, because it is the user's own.
 * - `UNAVAILABLE`: it could not be decided at this moment; ask again later.
 */
export type RequestRefusalCode = 'INVALID_ROOM' | 'ROOM_FORBIDDEN' | 'UNAVAILABLE';

/** The acknowledgement of a request. */
export type Reply = { ok: true; room: string } | { ok: false; code: RequestRefusalCode };
