import {
  ERROR_CODES,
  GatewayError,
  isGatewayError,
  type EmitOptions,
  type EmitResult,
  type SocketTarget,
} from '../contract/index.js';
import { checkEventName, normaliseRoom, userRoom } from '../names/index.js';
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
    const users = elementsOf(userIds);
    if (!users || users.length === 0) {
      const error = new GatewayError('INVALID_USER', 'A list of users must be an array that is not empty.');
      return [this.#fail(error)];
    }
    return Promise.all(users.map((userId) => this.toUser(userId, event, data, options)));
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
    const { error, code, message } = understood(cause);
    // That there is no Redis was said when the process started, and does not change while it runs.
    if (code !== 'REDIS_NOT_CONFIGURED') {
      this.#settings.causes.warn(`emit:${code}`, `An emit failed with ${code}: ${message}`);
    }
    return { status: 'failed', error };
  }
}

/** What failed may have been thrown by an application's own transport, and be anything: it is read once, guarded. */
function understood(cause: unknown): { error: GatewayError; code: string; message: string } {
  if (isGatewayError(cause)) {
    try {
      const { code, message } = cause;
      if (Object.hasOwn(ERROR_CODES, code) && typeof message === 'string')
        return { error: cause, code, message };
    } catch {
      // It only looks like one of ours.
    }
  }
  const error = new GatewayError('TRANSPORT_FAILED', 'The transport failed; the cause says how.', { cause });
  return { error, code: error.code, message: error.message };
}

const NOBODY: readonly string[] = [];

function exceptOf(options: unknown): readonly string[] {
  if (options === undefined || options === null) return NOBODY;
  const { delivery, except } = readOptions(options);
  if (delivery !== undefined && delivery !== 'live') {
    throw new GatewayError('INVALID_OPTIONS', "The option 'delivery' of an emit must be 'live'.");
  }
  if (except === undefined) return NOBODY;
  if (typeof except === 'string' || typeof except === 'number') return [normaliseRoom(except)];
  const rooms = elementsOf(except);
  if (!rooms)
    throw new GatewayError('INVALID_ROOM', "The option 'except' must be a room or an array of rooms.");
  return rooms.map(normaliseRoom);
}

function readOptions(options: object): EmitOptions {
  try {
    const { delivery, except } = options as EmitOptions;
    return { delivery, except };
  } catch (cause) {
    throw new GatewayError('INVALID_OPTIONS', 'The options of an emit throw when they are read.', { cause });
  }
}

/** More are not taken for a list that somebody meant, and memory would run out over what they become. */
const MAX_LIST_LENGTH = 1_000_000;

/** The elements by index, holes included; nothing when it is no array, or throws when it is read. */
function elementsOf(list: unknown): unknown[] | undefined {
  try {
    if (!Array.isArray(list) || list.length > MAX_LIST_LENGTH) return undefined;
    return Array.from({ length: list.length }, (_, index): unknown => list[index]);
  } catch {
    return undefined;
  }
}

/** The room that holds exactly the sockets that are meant: every socket is in one named after itself. */
function membersOf(who: SocketTarget): string {
  if (typeof (who as unknown) !== 'object' || (who as unknown) === null) {
    throw new GatewayError('INVALID_USER', 'Sockets are named by { socketId } or { userId }.');
  }
  return 'socketId' in who ? normaliseRoom(who.socketId) : userRoom(who.userId);
}
