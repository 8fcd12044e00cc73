import type { Socket } from 'socket.io-client';
import type {
  EventMeta,
  EventName,
  EventPayload,
  GapMessage,
  GatewayEvents,
  LibraryMessages,
  Rewind,
  RoomJoined,
} from '../contract/index.js';
import type { GatewayClientError } from './client-error.js';
import type { JobWatch, WatchJobOptions } from './job-watch.js';

/**
 * How a client stands to the server.
 *
 * - `idle`: not started; or the application has disconnected `socket` itself.
 * - `connecting`: on its way to `ready`, where all rooms are joined and what was missed has arrived.
 * - `offline`: not connected; it tries again by itself.
 * - `refused`: not connected, and it does not try again by itself; `refusal` says why. `start()` tries again.
 * - `closed`: for ever.
 */
export type ClientState = 'idle' | 'connecting' | 'ready' | 'offline' | 'refused' | 'closed';

/** What a join may be told. A position and a rewind count only for a room that the client does not know; a token, always. */
export interface JoinOptions {
  /** Where to begin: such as `position` of a history, or one kept beside a snapshot. @default the present */
  position?: string | undefined;
  /** Without a position: how many events back to begin. @default `rewind` of the client */
  rewind?: Rewind | undefined;
  /** For a room that is open to who has a token for it, such as that of a job. Kept for the next connections. */
  token?: string | undefined;
}

/**
 * A connection to a gateway that goes on where it was: after a disconnect, a reload or a server's crash nothing durable
 * is lost or repeated, and what can no longer be read is told by `onGap`.
 *
 * @typeParam Events event name -> payload; the application's {@link GatewayEvents} unless another is given.
 */
export interface GatewayClient<Events = GatewayEvents> {
  readonly state: ClientState;
  /** Why the state is 'refused'; undefined in all others. */
  readonly refusal: GatewayClientError | undefined;
  /** The user of the connection; before the first 'ready', of the stored positions. */
  readonly userId: string | undefined;
  /** Room -> the last durable event up to which the application has handled everything. A copy. */
  readonly positions: Readonly<Record<string, string>>;
  /** The connection below: for emits, acknowledgements and everything else. Connect it by `start()` only. */
  readonly socket: Socket;

  /**
   * Connects, after this macrotask. Does nothing where it connects or is connected already.
   *
   * @throws CLOSED
   */
  start(): void;

  /**
   * Handles an event. The durable events of a room are handled one after the other, each when all handlers of the one
   * before have returned (promises are awaited). A handler that throws is reported, and its event counts as handled.
   *
   * A durable event without a handler waits for one, up to 1,000 in all, and lets others pass; its room's position stays
   * before it. What comes beyond these is not taken (`EVENTS_UNHANDLED`): a handler for it makes the client connect anew, and
   * it comes then. Give events that do not matter an empty handler.
   *
   * @returns what takes the handler away again
   */
  on<Name extends keyof LibraryMessages>(
    event: Name,
    handler: (data: LibraryMessages[Name], meta?: EventMeta) => unknown,
  ): () => void;
  on<Name extends EventName<Events>>(
    event: Name,
    handler: (data: EventPayload<Events, Name>, meta?: EventMeta) => unknown,
  ): () => void;

  /** Is told, in order with the events, when events of a room are missing: load its state anew. */
  onGap(handler: (gap: GapMessage) => unknown): () => void;

  /** Is told every change of `state`. */
  onState(handler: (state: ClientState) => unknown): () => void;

  /**
   * Is in a room from now on, also after a reconnect. While there is no connection, it waits for one.
   *
   * @throws (rejects) INVALID_ROOM, INVALID_POSITION, ROOM_FORBIDDEN, TOKEN_EXPIRED, TOO_MANY_ROOMS, TOO_MANY_JOINS, RATE_LIMITED,
   * UNAVAILABLE, or CLOSED
   */
  join(room: string, options?: JoinOptions): Promise<RoomJoined>;

  /**
   * Is in a room no longer, and forgets its position. A join of it that waits is rejected with CLOSED. Where it is joined again
   * before the server has answered, this resolves at once, and the room and its position stay.
   *
   * @throws (rejects) ROOM_FORBIDDEN for the user's own room, UNAVAILABLE, or CLOSED
   */
  leave(room: string): Promise<void>;

  /**
   * Watches a job: resolves with how it stands, and keeps that up to date, also after a reconnect.
   *
   * @throws (rejects) ROOM_FORBIDDEN for a job that is not this user's, or that has not begun, without a good token; TOKEN_EXPIRED
   *   for a token that was good; INVALID_ROOM, UNAVAILABLE, or CLOSED
   */
  watchJob(queue: string, jobId: string | number, options?: WatchJobOptions): Promise<JobWatch>;

  /** Disconnects for ever, and stores the positions. What waits is not handed over any more. */
  close(): void;
}
