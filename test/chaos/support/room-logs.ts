import { Redis } from 'ioredis';
import { RoomKeys } from '../../../src/room-log/index.js';
import type { Shown } from './judge.js';

/** Asks a Redis directly, past every proxy. */
export async function askRedis<Answer>(url: string, ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(url, { lazyConnect: true });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

/** Reads from Redis itself what the logs of rooms have. */
export class RoomLogs {
  readonly #rooms: readonly string[];
  readonly #keys: RoomKeys;
  /** The newest entry of each room that is not looked at any more. */
  readonly #marks = new Map<string, string>();

  constructor(prefix: string, rooms: readonly string[]) {
    this.#rooms = rooms;
    this.#keys = new RoomKeys({ prefix, namespace: '/', database: 0 });
  }

  /** What was appended since the last {@link mark}. */
  async read(url: string): Promise<Map<string, Shown[]>> {
    const answers = await askRedis(url, (redis) =>
      Promise.all(
        this.#rooms.map((room) => {
          const mark = this.#marks.get(room);
          return redis.xrange(this.#keys.log(room), mark === undefined ? '-' : `(${mark}`, '+');
        }),
      ),
    );
    return new Map(this.#rooms.map((room, index) => [room, (answers[index] ?? []).map(shownOf)]));
  }

  /** What is there now is not looked at any more. */
  async mark(url: string): Promise<void> {
    for (const [room, events] of await this.read(url)) {
      const newest = events.at(-1);
      if (newest) this.#marks.set(room, newest.token.slice(0, newest.token.indexOf('.')));
    }
  }
}

function shownOf([id, fields]: [string, string[]]): Shown {
  const [, , , nonce, , data] = fields;
  const [, payload] = JSON.parse(`[${data}]`) as [string, { by: string; n: number }];
  return { token: `${id}.${nonce}`, by: payload.by, n: payload.n };
}
