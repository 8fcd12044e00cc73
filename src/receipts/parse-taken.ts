import type { UndeliveredEvent } from '../contract/index.js';
import type { Token } from '../room-log/index.js';
import { traceparentIn, withoutCarried } from '../tracing/index.js';
import type { TakenEvent } from './receipt-register.js';

const USER_ROOMS = 'user:';

/** What the handler is given of an event; undefined for what cannot be read: anybody may write to Redis. */
export function parseTaken(
  { room, data, emittedAt, attempt }: TakenEvent,
  id: Token,
): UndeliveredEvent<Record<string, unknown>> | undefined {
  try {
    const [event, payload = null, ...rest] = JSON.parse(`[${withoutCarried(data)}]`) as unknown[];
    if (typeof event !== 'string' || rest.length > 0 || !room.startsWith(USER_ROOMS)) return undefined;
    const userId = room.slice(USER_ROOMS.length);
    const traceparent = traceparentIn(data);
    const carried = traceparent === undefined ? {} : { traceparent };
    return { userId, event, data: payload, id, room, emittedAt, attempt, ...carried };
  } catch {
    return undefined;
  }
}
