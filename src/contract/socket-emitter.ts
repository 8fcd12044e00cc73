import type { EmitOptions, EmitResult } from './emit.js';
import type { EventName, EventPayload, GatewayEvents } from './gateway-events.js';
import type { HistoryOptions, RoomHistory } from './room-history.js';
import type { UndeliveredHandler, UndeliveredOptions } from './undelivered.js';

/** Which sockets a command is about: one connection, or all connections of a user. */
export type SocketTarget = { socketId: string } | { userId: string | number };

/**
 * The process-independent way to emit, and the injection token for it: a service that injects `SocketEmitter` runs
 * unchanged in a server (where it is the `SocketGateway`) and in a worker (where it is the `WorkerEmitter`).
 *
 * An emit never throws and never rejects. Its promise settles within `emitTimeoutMs` with an {@link EmitResult},
 * which may be ignored: a failure has been logged and counted by then.
 *
 * A payload arrives as exactly what `JSON.stringify` makes of it; `undefined` arrives as `null`. What JSON would
 * silently lose fails with `INVALID_EVENT`: Buffer and other binary, Map, Set, BigInt, functions, symbols, circular
 * structures.
 *
 * @typeParam Events event name -> payload; the application's {@link GatewayEvents} unless another is given.
 */
export abstract class SocketEmitter<Events = GatewayEvents> {
  /** Emits to all connections of one user, on whichever server they are. */
  abstract emitToUser<Name extends EventName<Events>>(
    userId: string | number,
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult>;

  /**
   * Emits to several users.
   *
   * @returns one result per user, in the order of `userIds`; for an empty list one `failed` with `INVALID_USER`.
   */
  abstract emitToUsers<Name extends EventName<Events>>(
    userIds: readonly (string | number)[],
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult[]>;

  /** Emits to all sockets in a room, on whichever server they are. */
  abstract emitToRoom<Name extends EventName<Events>>(
    room: string,
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult>;

  /** Emits to every socket of the namespace, always `live`: to keep an event for everybody, emit it to a default room. */
  abstract broadcast<Name extends EventName<Events>>(
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult>;

  /**
   * Puts sockets into a room, on whichever server they are, for as long as they are connected. The application's
   * word is enough: no `RoomAuthorizer` is asked. What is emitted to the room, `durable`, after this has resolved reaches
   * them.
   *
   * Commands are kept like durable events: servers carry them out in the order in which one emitter gave them. They
   * resolve when Redis has the command, or when it is queued for a Redis that is away.
   *
   * @throws (rejects) INVALID_ROOM, INVALID_USER, OUTBOX_FULL, or a Redis code when the command could not be sent.
   */
  abstract joinRoom(who: SocketTarget, room: string): Promise<void>;

  /**
   * Takes sockets out of a room.
   *
   * @throws (rejects) as {@link joinRoom}
   */
  abstract leaveRoom(who: SocketTarget, room: string): Promise<void>;

  /**
   * Closes all connections of a user, on whichever server they are.
   *
   * @param reason for the servers' logs: 1 to 256 bytes without control characters
   * @throws (rejects) as {@link joinRoom}; INVALID_OPTIONS for the reason
   */
  abstract disconnectUser(userId: string | number, reason?: string): Promise<void>;

  /**
   * Closes the connections of a user whose tokens were revoked: all that were there when it was called, in every namespace,
   * on whichever server they are, also on one that hears of it later. Who connects, or has connected since, is asked about by
   * the option `auth.isRevoked`: make that say `true` for the old tokens first. Without that option this is
   * {@link disconnectUser}, and the user can connect again with the same token.
   *
   * @throws (rejects) as {@link joinRoom}
   */
  abstract revokeUser(userId: string | number): Promise<void>;

  /**
   * Reads a page of the `durable` events that a room's log keeps, oldest first.
   *
   * @throws (rejects) INVALID_ROOM, INVALID_OPTIONS, or a Redis code when it cannot be told.
   */
  abstract history(room: string, options?: HistoryOptions): Promise<RoomHistory>;

  /**
   * Handles events with a `fallback` that no client of their user has acknowledged in time. Each is handed to one of the
   * handlers of all processes, and to another one when that fails or its process dies: at least once.
   *
   * @returns stops it: no more events are taken; resolves when those that this handler has taken are done, or were left to
   *   others because they took longer than a shutdown may
   * @throws INVALID_OPTIONS
   */
  abstract onUndelivered(
    handler: UndeliveredHandler<Events>,
    options?: UndeliveredOptions,
  ): () => Promise<void>;

  /**
   * Whether a user is connected to any server: a hint, on which nothing should rest that must be right. A server that
   * died counts until Redis finds its connection dead, a browser that lost its network until the ping timeout.
   *
   * @throws (rejects) INVALID_USER, or a Redis code when it cannot be told.
   */
  abstract isUserOnline(userId: string | number): Promise<boolean>;
}
