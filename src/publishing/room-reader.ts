import { GatewayError, type HistoryEvent, type RoomHistory } from '../contract/index.js';
import { normaliseRoom, userRoom } from '../names/index.js';
import { withoutCarried } from '../tracing/index.js';
import { isPosition, readHistory, type Position, type RoomLog } from '../room-log/index.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export interface RoomReaderSettings {
  readonly log: RoomLog;
  /** Whether this process has sockets in a room. @default it never has */
  readonly isLocal?: ((room: string) => boolean) | undefined;
}

/** What a process may ask about rooms. Everything rejects with a `GatewayError` when it cannot be told. */
export class RoomReader {
  readonly #settings: RoomReaderSettings;

  constructor(settings: RoomReaderSettings) {
    this.#settings = settings;
  }

  /**
   * A page of the durable events that a room's log keeps, oldest first.
   *
   * @throws (rejects) INVALID_ROOM, INVALID_OPTIONS, or why the log cannot be read
   */
  async history(room: unknown, options?: unknown): Promise<RoomHistory> {
    const name = normaliseRoom(room);
    const { events, position, hasMore, gap } = await readHistory(
      this.#settings.log,
      name,
      checkOptions(options),
    );
    const readable: HistoryEvent[] = [];
    for (const { token, data } of events) {
      const event = data === null ? undefined : parseEvent(data);
      if (event) readable.push({ id: token, ...event });
    }
    const reason = gap ?? (readable.length < events.length ? 'unreadable' : undefined);
    return { events: readable, position, hasMore, ...(reason && { gap: reason }) };
  }

  /**
   * Whether a user is connected anywhere, as far as it is known: a server that died counts until its connection to Redis is
   * found dead, a browser that lost its network until the ping timeout.
   *
   * @throws (rejects) INVALID_USER, or why it cannot be told
   */
  async isUserOnline(userId: unknown): Promise<boolean> {
    const { log, isLocal } = this.#settings;
    const room = userRoom(userId);
    return isLocal?.(room) === true || (await log.followerCount(room)) > 0;
  }
}

function checkOptions(options: unknown): { after: Position | undefined; limit: number } {
  const { after, limit = DEFAULT_LIMIT } = read(options);
  if (after !== undefined && !isPosition(after)) {
    throw new GatewayError(
      'INVALID_OPTIONS',
      "The option 'after' must be the id of an event, or the position of a page.",
    );
  }
  if (!Number.isInteger(limit) || (limit as number) < 1 || (limit as number) > MAX_LIMIT) {
    throw new GatewayError(
      'INVALID_OPTIONS',
      `The option 'limit' must be a whole number from 1 to ${MAX_LIMIT}.`,
    );
  }
  return { after, limit: limit as number };
}

function read(options: unknown): { after?: unknown; limit?: unknown } {
  try {
    const { after, limit } = (options ?? {}) as { after?: unknown; limit?: unknown };
    return { after, limit };
  } catch (cause) {
    throw new GatewayError('INVALID_OPTIONS', 'The options throw when they are read.', { cause });
  }
}

/** The inside of the array that a packet carries; anybody who may write to Redis may have written something else. */
function parseEvent(data: string): { event: string; data: unknown } | undefined {
  try {
    const [event, payload = null, ...rest] = JSON.parse(`[${withoutCarried(data)}]`) as unknown[];
    return typeof event === 'string' && rest.length === 0 ? { event, data: payload } : undefined;
  } catch {
    return undefined;
  }
}
