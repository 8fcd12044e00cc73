import {
  SocketEmitter,
  type EmitOptions,
  type EmitResult,
  type EventName,
  type EventPayload,
  type GatewayEvents,
  type SocketTarget,
} from '../contract/index.js';
import type { EventPublisher } from './event-publisher.js';

/** A {@link SocketEmitter} that hands everything to an {@link EventPublisher}: what servers and workers share. */
export abstract class PublishingEmitter<Events = GatewayEvents> extends SocketEmitter<Events> {
  readonly #publisher: EventPublisher;

  protected constructor(publisher: EventPublisher) {
    super();
    this.#publisher = publisher;
  }

  override emitToUser<Name extends EventName<Events>>(
    userId: string | number,
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    return this.#publisher.toUser(userId, event, data, options);
  }

  override emitToUsers<Name extends EventName<Events>>(
    userIds: readonly (string | number)[],
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult[]> {
    return this.#publisher.toUsers(userIds, event, data, options);
  }

  override emitToRoom<Name extends EventName<Events>>(
    room: string,
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    return this.#publisher.toRoom(room, event, data, options);
  }

  override broadcast<Name extends EventName<Events>>(
    event: Name,
    data: EventPayload<Events, Name>,
    options?: EmitOptions,
  ): Promise<EmitResult> {
    return this.#publisher.toAll(event, data, options);
  }

  override joinRoom(who: SocketTarget, room: string): Promise<void> {
    return this.#publisher.join(who, room);
  }

  override leaveRoom(who: SocketTarget, room: string): Promise<void> {
    return this.#publisher.leave(who, room);
  }

  override disconnectUser(userId: string | number): Promise<void> {
    return this.#publisher.disconnectUser(userId);
  }
}
