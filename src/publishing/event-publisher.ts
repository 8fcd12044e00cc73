import {
  checkEventName,
  GatewayError,
  isGatewayError,
  normaliseRoom,
  normaliseUserId,
  userRoom,
  type EmitOptions,
  type EmitResult,
  type SocketTarget,
} from '../contract/index.js';
import type { CauseLog } from '../logging/index.js';
import type { LiveSender } from './live-sender.js';
import { toPayload } from './payload.js';

export interface EventPublisherSettings {
  live: LiveSender;
  maxPayloadBytes: number;
  causes: CauseLog;
}

/**
 * Where every emit of a process enters, on servers and workers alike: checks it, turns its payload into JSON's
 * types, hands it to the delivery that was asked for, and makes a result of whatever comes back.
 */
export class EventPublisher {
  readonly #settings: EventPublisherSettings;

  constructor(settings: EventPublisherSettings) {
    this.#settings = settings;
  }

  /** Never rejects. */
  toUser(userId: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#publish(() => userRoom(userId), event, data, options);
  }

  /** Never rejects. */
  async toUsers(userIds: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult[]> {
    let ids: unknown[];
    try {
      ids = listOf(userIds);
    } catch (error) {
      return [this.#fail(error)];
    }
    return Promise.all(ids.map((userId) => this.toUser(userId, event, data, options)));
  }

  /** Never rejects. */
  toRoom(room: unknown, event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#publish(() => normaliseRoom(room), event, data, options);
  }

  /** Never rejects. */
  toAll(event: unknown, data: unknown, options: unknown): Promise<EmitResult> {
    return this.#publish(() => null, event, data, options);
  }

  async join(who: SocketTarget, room: string): Promise<void> {
    await this.#settings.live.join(membersOf(who), normaliseRoom(room));
  }

  async leave(who: SocketTarget, room: string): Promise<void> {
    await this.#settings.live.leave(membersOf(who), normaliseRoom(room));
  }

  async disconnectUser(userId: unknown): Promise<void> {
    await this.#settings.live.disconnect(userRoom(userId));
  }

  async #publish(
    room: () => string | null,
    event: unknown,
    data: unknown,
    options: unknown,
  ): Promise<EmitResult> {
    try {
      checkEventName(event);
      const target = { room: room(), except: exceptOf(options) };
      const payload = toPayload(data, this.#settings.maxPayloadBytes);
      await this.#settings.live.emit(target, event, payload);
      return { status: 'published' };
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(cause: unknown): EmitResult {
    const error = isGatewayError(cause)
      ? cause
      : new GatewayError('INVALID_EVENT', 'The event could not be encoded.', { cause });
    // That there is no Redis was said when the process started, and does not change while it runs.
    if (error.code !== 'REDIS_NOT_CONFIGURED') {
      this.#settings.causes.warn(`emit:${error.code}`, `An emit failed with ${error.code}: ${error.message}`);
    }
    return { status: 'failed', error };
  }
}

const NOBODY: readonly string[] = [];

function exceptOf(options: unknown): readonly string[] {
  if (options === undefined || options === null) return NOBODY;
  const { delivery, except } = options as EmitOptions;
  if (delivery !== undefined && (delivery as string) !== 'live') {
    throw new GatewayError('INVALID_OPTIONS', "The option 'delivery' of an emit must be 'live'.");
  }
  if (except === undefined) return NOBODY;
  return (Array.isArray(except) ? except : [except]).map(normaliseRoom);
}

/** A copy without holes: one result per user, and nothing of the array's own is called. */
function listOf(userIds: unknown): unknown[] {
  if (!Array.isArray(userIds) || userIds.length === 0) {
    throw new GatewayError('INVALID_USER', 'A list of users must be an array that is not empty.');
  }
  return Array.from({ length: userIds.length }, (_, index): unknown => userIds[index]);
}

/** The room that holds exactly the sockets that are meant: every socket is in one named after itself. */
function membersOf(who: SocketTarget): string {
  if ('socketId' in who) return normaliseRoom(who.socketId);
  return userRoom(normaliseUserId(who.userId));
}
