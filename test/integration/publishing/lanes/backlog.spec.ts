import { Redis } from 'ioredis';
import { GatewayError } from '../../../../src/contract/index.js';
import { CauseLog } from '../../../../src/logging/index.js';
import { RoomLanes } from '../../../../src/publishing/lanes/index.js';
import type { RedisConnection } from '../../../../src/redis/index.js';
import {
  type AppendBatch,
  type AppendReport,
  DEFAULT_ROOM_LOG_LIMITS,
  readHistory,
  RedisRoomLog,
  RoomKeys,
} from '../../../../src/room-log/index.js';
import { startRedisServer, type RedisServer } from '../../../../scripts/lib/redis-server.mjs';
import { RecordedMetrics } from '../../../support/recorded-metrics.js';
import { RecordingLogger } from '../../../support/recording-logger.js';
import { connectionTo } from '../../../support/room-log/test-redis.js';
import { waitFor } from '../../../support/wait-for.js';

const SCOPE = { prefix: 'backlog', namespace: '/', database: 0 };
/** So many events are one step. */
const STEP = 64;

/** A log that cannot append to one of its rooms, as one in a cluster of which a master is away. */
class HalfAwayLog extends RedisRoomLog {
  notNow: string | undefined;

  override append(batch: AppendBatch): Promise<AppendReport> {
    if (batch.room !== this.notNow) return super.append(batch);
    return Promise.reject(new GatewayError('REDIS_UNAVAILABLE', 'CLUSTERDOWN'));
  }
}

describe('what waits for Redis in several rooms', () => {
  let server: RedisServer;
  let connection: RedisConnection;
  let log: HalfAwayLog;
  let lanes: RoomLanes;
  let metrics: RecordedMetrics;
  let redis: Redis;

  beforeEach(async () => {
    server = await startRedisServer();
    redis = new Redis(server.url);
    metrics = new RecordedMetrics();
    const causes = new CauseLog(new RecordingLogger());
    connection = connectionTo(server.url, 300);
    log = new HalfAwayLog({ connection, scope: SCOPE, limits: DEFAULT_ROOM_LOG_LIMITS, causes });
    lanes = new RoomLanes({ log, emitTimeoutMs: 300, causes, metrics });
  });
  afterEach(async () => {
    redis.disconnect();
    await lanes.close();
    await connection.close();
    await server.stop();
  });

  const emit = (room: string, value: number): ReturnType<RoomLanes['emit']> =>
    lanes.emit(room, { delivery: 'durable', data: JSON.stringify(value) });
  const eventsOf = async (room: string): Promise<number[]> =>
    (await readHistory(log, room, { limit: 1000 })).events.map(({ data }) => Number(data));
  const numbers = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const sorted = (some: readonly number[]): number[] => [...some].sort((one, other) => one - other);
  /** Redis is there, does not answer, and is found out to be away. */
  const pause = async (room: string, value: number): Promise<void> => {
    server.pause();
    expect(await emit(room, value)).toEqual({ status: 'queued' });
    await waitFor('Redis is away', () => !log.isReady);
  };

  it('goes to it oldest first, over all rooms, and nothing newer in any room before all of it', async () => {
    await emit('a', 0);
    const heard: number[] = [];
    await redis.psubscribe('*');
    redis.on('pmessage', (_pattern, _channel, message: string) => {
      heard.push(Number(message.split('\n')[3]));
    });
    await pause('a', 1);
    // 400 to one room, and then to others, which by themselves would not wait for the first.
    for (const n of numbers(2, 400)) await emit('a', n);
    for (const n of numbers(401, 1000)) await emit(`${n % 5}`, n);
    // In the moment in which Redis is back, when nothing that waits has been sent.
    const stop = log.onReady(() => {
      for (const n of numbers(1001, 1010)) void emit(`new-${n}`, n);
    });
    server.resume();
    await waitFor('all is heard', () => heard.length >= 1010);
    stop();
    expect(sorted(heard)).toEqual(numbers(1, 1010));
    expect(sorted(heard.slice(-10))).toEqual(numbers(1001, 1010));
    // A step goes room by room, and is one for Redis: nobody finds there what is newer without what is older.
    const known = new Set<number>();
    let missing = 1;
    for (const n of heard) {
      known.add(n);
      while (known.has(missing)) missing++;
      expect(n - missing).toBeLessThan(STEP);
    }
    expect(heard.filter((n) => n <= 400)).toEqual(numbers(1, 400));
  });

  it('does not wait for a room that Redis refuses', async () => {
    await emit('good', 0);
    await redis.set(new RoomKeys(SCOPE).tail('bad'), 'x');
    await pause('bad', 1);
    for (const n of numbers(2, 300)) await emit(n % 2 ? 'bad' : 'good', n);
    server.resume();
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await eventsOf('good')).toEqual(numbers(0, 300).filter((n) => n % 2 === 0));
    expect(metrics.count('abandoned_events_total', { reason: 'refused' })).toBe(150);
  });

  it('does not wait for a room that Redis does not take now, and keeps its order there', async () => {
    await emit('good', 0);
    await pause('later', 1);
    for (const n of numbers(2, 300)) await emit(n % 2 ? 'later' : 'good', n);
    log.notNow = 'later';
    server.resume();
    await waitFor('Redis is back', () => log.isReady);
    await waitFor('the others are there', async () => (await eventsOf('good')).length === 151);
    log.notNow = undefined;
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await eventsOf('later')).toEqual(numbers(1, 300).filter((n) => n % 2));
  });
});
