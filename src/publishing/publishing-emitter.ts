import {
  SocketEmitter,
  type EmitOptions,
  type EmitResult,
  type EventName,
  type EventPayload,
  type GatewayEvents,
  type HistoryOptions,
  type RoomHistory,
  type SocketTarget,
  type UndeliveredHandler,
  type UndeliveredOptions,
} from '../contract/index.js';
import type { UndeliveredHandlers } from '../receipts/index.js';
import type { CommandSender } from './commands/index.js';
import { LIBRARY_EVENTS } from '../names/index.js';
import type { LibraryEvents } from './library-events.js';
import type { Publisher } from './publisher.interface.js';
import type { RoomReader } from './room-reader.js';

/** What a {@link PublishingEmitter} hands its calls to. */
export interface EmitterParts {
  readonly publisher: Publisher;
  readonly commands: CommandSender;
  readonly reader: RoomReader;
  readonly library: LibraryEvents;
  readonly undelivered: Pick<UndeliveredHandlers, 'on'>;
}

/** A {@link SocketEmitter} that hands everything to its parts: what servers and workers share. */
export abstract class PublishingEmitter<Events = GatewayEvents> extends SocketEmitter<Events> {
  readonly #parts: EmitterParts;

  protected constructor(parts: EmitterParts) {
    super();
    this.#parts = parts;
  }

  /**
   * For the library's own parts.
   * @internal
   */
  get [LIBRARY_EVENTS](): LibraryEvents {
    return this.#parts.library;
  }

  override emitToUser<Name extends EventName<Events>>(
    userId: string | number,
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    return this.#parts.publisher.toUser(userId, event, data, options);
  }

  override emitToUsers<Name extends EventName<Events>>(
    userIds: readonly (string | number)[],
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult[]> {
    return this.#parts.publisher.toUsers(userIds, event, data, options);
  }

  override emitToRoom<Name extends EventName<Events>>(
    room: string,
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    return this.#parts.publisher.toRoom(room, event, data, options);
  }

  override broadcast<Name extends EventName<Events>>(
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    return this.#parts.publisher.toAll(event, data, options);
  }

  override joinRoom(who: SocketTarget, room: string): Promise<void> {
    return this.#parts.commands.join(who, room);
  }

  override leaveRoom(who: SocketTarget, room: string): Promise<void> {
    return this.#parts.commands.leave(who, room);
  }

  override disconnectUser(userId: string | number, reason?: string): Promise<void> {
    return this.#parts.commands.disconnectUser(userId, reason);
  }

  override revokeUser(userId: string | number): Promise<void> {
    return this.#parts.commands.revokeUser(userId);
  }

  override history(room: string, options?: HistoryOptions): Promise<RoomHistory> {
    return this.#parts.reader.history(room, options);
  }

  override onUndelivered(
    handler: UndeliveredHandler<Events>,
    options?: UndeliveredOptions,
  ): () => Promise<void> {
    return this.#parts.undelivered.on(handler, options);
  }

  override isUserOnline(userId: string | number): Promise<boolean> {
    return this.#parts.reader.isUserOnline(userId);
  }
}
