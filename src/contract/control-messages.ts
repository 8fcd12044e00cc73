import type { GapReason } from './gap-reason.js';

/** What accompanies an event that was not sent `live`, as its second argument. */
export type EventMeta = DurableMeta | LatestMeta;

/** Of a durable event. */
export interface DurableMeta {
  /** The room that the event was emitted to. */
  room: string;
  /** The event's token. As a position it means: everything up to here has been seen. Compare it for equality only. */
  id: string;
  /** The server asks for an acknowledgement, `gateway:ack`, once the application has handled the event. */
  confirm?: true;
  /** Of an emit that was traced: its place in the trace, as W3C's Trace Context writes it. */
  traceparent?: string;
}

/** Of a latest value. */
export interface LatestMeta {
  /** The room that the value was emitted to. */
  room: string;
  /** Whose newest value it is. */
  key: string;
  /** Of an emit that was traced: its place in the trace, as W3C's Trace Context writes it. */
  traceparent?: string;
}

/** What a client sends when it connects: the `auth` payload of the CONNECT packet. */
export interface ConnectAuth {
  token?: string;
  /** Rooms to join at once, as by `gateway:join`; at most 100 together with those of `positions`. */
  rooms?: string[];
  /** Where to go on: room -> id of the last durable event that was seen in it. The rooms are joined. */
  positions?: Record<string, string>;
  /** Whose positions they are: ignored, with their rooms, when the token is another user's. */
  for?: string;
  /** Of rooms that are open to who has a token for them, such as those of jobs: room -> token. */
  roomTokens?: Record<string, string>;
  /** For rooms without a position: begin with the newest so many events that are kept, or with all of them. */
  rewind?: Rewind;
}

/** How far back to begin: a number of events, 0 to 10,000, or everything that is kept. */
export type Rewind = number | 'all';

/** The library's own messages from a server to a client, name -> payload. */
export interface ControlMessages {
  'gateway:ready': ReadyMessage;
  'gateway:room': RoomReadiness;
  'gateway:gap': GapMessage;
  'gateway:auth-expiring': AuthExpiringMessage;
  'gateway:disconnecting': DisconnectingMessage;
  'gateway:draining': DrainingMessage;
}

/**
 * `gateway:ready`, once on a connection: the rooms have been decided about, and what was missed in them has been sent,
 * except for those that are `pending`.
 */
export interface ReadyMessage {
  userId: string;
  rooms: RoomReadiness[];
}

/** How a socket stands to one room: joined, or refused with a code. */
export type RoomReadiness = RoomJoined | { room: string; ok: false; code: RequestRefusalCode };

/** A socket is in a room. */
export interface RoomJoined {
  room: string;
  ok: true;
  /** The position that the socket has reached; null while it is pending. */
  position: string | null;
  /** Whether nothing is missing since the position that was sent; null when none was, or while it is pending. */
  recovered: boolean | null;
  /** How many missed events were sent. */
  replayed: number;
  /**
   * The log could not be read yet, because Redis is away: live events arrive, durable ones wait. `gateway:room` follows.
   */
  pending?: true;
  /** INVALID_POSITION: the position that was sent cannot be one, and the socket began at the present. */
  code?: 'INVALID_POSITION';
}

/** `gateway:gap`: before the next event of the room, events are missing that cannot be delivered. */
export interface GapMessage {
  room: string;
  reason: GapReason;
  /** What the client's position becomes. */
  position: string;
}

/** `gateway:auth-expiring`: send a new token by `gateway:refresh`, or the connection is closed in so many milliseconds. */
export interface AuthExpiringMessage {
  expiresInMs: number;
}

/** `gateway:disconnecting`: the last message on a connection that the server closes. */
export interface DisconnectingMessage {
  code: DisconnectCode;
}

/**
 * Why a server closes a connection. A client may connect again; whether it is let in is decided then.
 *
 * - `TOKEN_EXPIRED`: the token has ended, and was not refreshed.
 * - `TOKEN_REVOKED`: the application has revoked the user's tokens.
 * - `AUTH_UNAVAILABLE`: it could not be found out whether the token was revoked.
 * - `DISCONNECTED`: the application has disconnected the user.
 * - `RATE_LIMITED`: the client sent far more than it may.
 * - `TOO_MANY_CONNECTIONS`: the user has connected anew, and has one connection too many.
 */
export type DisconnectCode =
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REVOKED'
  | 'AUTH_UNAVAILABLE'
  | 'DISCONNECTED'
  | 'RATE_LIMITED'
  | 'TOO_MANY_CONNECTIONS';

/**
 * `gateway:draining`: the server is about to end. Connect anew after this time, and land on another; a moment later the
 * connection is closed. Each client is told another time, so that they do not all come at once.
 */
export interface DrainingMessage {
  reconnectInMs: number;
}

/**
 * Why a connection was refused.
 *
 * - `UNAUTHENTICATED`: no token was sent.
 * - `TOKEN_EXPIRED`: the token was good once; get a new one and connect again.
 * - `TOKEN_INVALID`: everything else about the token, without detail.
 * - `TOKEN_REVOKED`: the application has revoked the token.
 * - `ORIGIN_REFUSED`: the page that connects is of an origin that is not allowed.
 * - `AUTH_UNAVAILABLE`: the keys to verify with, or whether it was revoked, cannot be had at this moment; connect again later.
 * - `SERVER_DRAINING`: the server is about to end; connect again later, and land on another.
 * - `TOO_MANY_CONNECTIONS`: this user has as many connections as one may have.
 * - `TOO_MANY_NAMESPACES`: this connection is in as many namespaces as one may be in; leave one first.
 * - `RATE_LIMITED`: this user has sent far more than one may; connect again after `retryAfterMs`.
 */
export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'TOKEN_REVOKED'
  | 'ORIGIN_REFUSED'
  | 'AUTH_UNAVAILABLE'
  | 'SERVER_DRAINING'
  | 'TOO_MANY_CONNECTIONS'
  | 'TOO_MANY_NAMESPACES'
  | 'RATE_LIMITED';

/** The `data` of the `connect_error` that a refused client sees. */
export interface RefusalData {
  code: RefusalCode;
  /** Of RATE_LIMITED: until then it would be refused again. */
  retryAfterMs?: number;
}

/**
 * The library's own messages from a client to a server, name -> payload. Each is acknowledged with a {@link Reply};
 * `gateway:refresh` with a {@link RefreshReply}.
 */
export interface ControlRequests {
  'gateway:join': { room: string; position?: string; rewind?: Rewind; token?: string };
  'gateway:leave': { room: string };
  'gateway:refresh': { token: string };
  /** Events with `confirm` in their meta that the application has handled; at most 100 at once. */
  'gateway:ack': { room: string; id: string | string[] };
}

/**
 * Why a request was refused.
 *
 * - `INVALID_ROOM`: the name of the room cannot be one.
 * - `INVALID_POSITION`: the position or the rewind cannot be one; of an acknowledgement, the id.
 * - `ROOM_FORBIDDEN`: this user may not be in that room; or may not leave it, because it is the user's own.
 * - `TOKEN_EXPIRED`: the token for this room was good once; get a new one and ask again.
 * - `UNAVAILABLE`: it could not be decided at this moment; ask again later.
 * - `TOO_MANY_ROOMS`: this connection has joined as many rooms as one may; leave one first.
 * - `TOO_MANY_JOINS`: as many requests of this connection are waiting as may; ask again when they are answered.
 * - `RATE_LIMITED`: this connection, or this user, has sent too much within a second, or was refused too often; ask again later.
 */
export type RequestRefusalCode =
  | 'INVALID_ROOM'
  | 'INVALID_POSITION'
  | 'ROOM_FORBIDDEN'
  | 'TOKEN_EXPIRED'
  | 'UNAVAILABLE'
  | 'TOO_MANY_ROOMS'
  | 'TOO_MANY_JOINS'
  | 'RATE_LIMITED';

/** The acknowledgement of `gateway:join`: a {@link RoomJoined}; of `gateway:leave` and `gateway:ack`: the room; or a refusal. */
export type Reply = RoomJoined | { ok: true; room: string } | { ok: false; code: RequestRefusalCode };

/**
 * The acknowledgement of `gateway:refresh`. Rooms that the new token does not allow have been left by then, each with a
 * `gateway:room` that says so.
 *
 * - the codes of {@link RefusalCode}: of the new token; the connection stays as it was.
 * - `WRONG_USER`: it is another user's; connect anew with it.
 * - `RATE_LIMITED`: this user refreshes, or is refused rooms, too often; ask again later.
 * - `TOO_MANY_JOINS`: as many requests of this connection wait as may; ask again when they are answered.
 * - `UNAVAILABLE`: the connection is being closed, or its user was revoked meanwhile.
 */
export type RefreshReply =
  | { ok: true; expiresInMs: number | null }
  | { ok: false; code: RefusalCode | 'WRONG_USER' | 'TOO_MANY_JOINS' | 'UNAVAILABLE' };
