import { startRedisServer, type RedisServer } from '../../../../scripts/lib/redis-server.mjs';
import { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from '../../../../src/config/index.js';
import { CauseLog } from '../../../../src/logging/index.js';
import { DEFAULT_LANES_LIMITS, RoomLanes } from '../../../../src/publishing/lanes/index.js';
import type { RedisConnection } from '../../../../src/redis/index.js';
import {
  DEFAULT_ROOM_LOG_LIMITS,
  RedisRoomLog,
  RoomKeys,
  readHistory,
  streamIdOf,
} from '../../../../src/room-log/index.js';
import { Redis } from 'ioredis';
import { RecordedMetrics } from '../../../support/recorded-metrics.js';
import { RecordingLogger } from '../../../support/recording-logger.js';
import { connectionTo } from '../../../support/room-log/test-redis.js';
import { waitFor } from '../../../support/wait-for.js';

const SCOPE = { prefix: 'lanes', namespace: '/', database: 0 };
const keys = new RoomKeys(SCOPE);

describe('the lanes of an emitter', () => {
  let server: RedisServer;
  let connection: RedisConnection;
  let log: RedisRoomLog;
  let lanes: RoomLanes;
  let logger: RecordingLogger;
  let metrics: RecordedMetrics;

  const start = (outbox: Partial<OutboxLimits> = {}, timeoutMs = 300): void => {
    logger = new RecordingLogger();
    metrics = new RecordedMetrics();
    const causes = new CauseLog(logger);
    connection = connectionTo(server.url, timeoutMs);
    log = new RedisRoomLog({
      connection,
      scope: SCOPE,
      limits: DEFAULT_ROOM_LOG_LIMITS,
      causes,
      isEager: true,
    });
    lanes = new RoomLanes({
      log,
      emitTimeoutMs: timeoutMs,
      causes,
      limits: { ...DEFAULT_LANES_LIMITS, outbox: { ...DEFAULT_OUTBOX_LIMITS, ...outbox } },
      metrics,
      isEager: true,
    });
  };
  beforeEach(async () => {
    server = await startRedisServer();
    start();
  });
  afterEach(async () => {
    await lanes.close();
    await connection.close();
    await server.stop();
  });

  const emit = (room: string, value: number | string): ReturnType<RoomLanes['emit']> =>
    lanes.emit(room, { delivery: 'durable', data: JSON.stringify(value) });
  const emitLatest = (room: string, key: string, value: number): ReturnType<RoomLanes['emit']> =>
    lanes.emit(room, { delivery: 'latest', key, data: JSON.stringify(value) });
  const eventsOf = async (room: string): Promise<unknown[]> =>
    (await readHistory(log, room, { limit: 2000 })).events.map(
      ({ data }) => JSON.parse(data ?? '') as unknown,
    );
  const numbers = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const restart = async (): Promise<void> => {
    server = await startRedisServer({ port: server.port });
    await waitFor('Redis is back', () => log.isReady);
  };

  it('keep the order of the emits, in one room and in many, and tell the id of each', async () => {
    await lanes.close();
    await connection.close();
    // 1,500 at once are not to be a matter of time.
    start({}, 10_000);
    const results = await Promise.all(
      numbers(1, 500).flatMap((n) => ['a', 'b', 'c'].map((room) => emit(room, n))),
    );
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['published']));
    expect(new Set(results.map((result) => 'id' in result && result.id)).size).toBe(1500);
    for (const room of ['a', 'b', 'c']) expect(await eventsOf(room)).toEqual(numbers(1, 500));
    expect(lanes.waitingCount).toBe(0);
  });

  it('send an event that comes alone before the code behind its emit has ended', async () => {
    await emit('room', 0);
    const emittedAt = Date.now();
    const emitted = emit('room', 1);
    while (Date.now() - emittedAt < 500);
    const result = await emitted;
    if (result.status !== 'published' || result.id === undefined) throw new Error(`It is ${result.status}.`);
    expect(streamIdOf(result.id).ms - emittedAt).toBeLessThan(400);
  });

  it('send what is emitted while a batch is unanswered as the next batch', async () => {
    await emit('room', 0);
    const redis = new Redis(server.url);
    await redis.config('RESETSTAT');
    const callCount = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
    await Promise.all(numbers(1, 640).map((n) => emit('room', n)));
    // Batches of 64. The first event of all comes alone, as far as could be known.
    expect(await callCount()).toBe(11);
    await Promise.all(numbers(641, 704).map((n) => emit('room', n)));
    expect(await callCount()).toBe(12);
    redis.disconnect();
  });

  it('say duplicate, with the id of the first, when the application emits again', async () => {
    const first = await lanes.emit('room', { delivery: 'durable', data: '1', dedupeKey: 'job 7' });
    const again = await lanes.emit('room', { delivery: 'durable', data: '1', dedupeKey: 'job 7' });
    expect(again).toEqual({ status: 'duplicate', id: first.status === 'published' && first.id });
  });

  it('append once what was sent when Redis did not answer', async () => {
    await emit('room', 1);
    server.pause();
    const unanswered = await Promise.all([emit('room', 2), emit('room', 3)]);
    expect(unanswered).toEqual([{ status: 'queued' }, { status: 'queued' }]);
    // Redis reads the bytes of the first attempt now, and then those of the second.
    server.resume();
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await emit('room', 4)).toMatchObject({ status: 'published' });
    expect(await eventsOf('room')).toEqual([1, 2, 3, 4]);
  });

  it('queue at once while Redis is away, and append in order when it is back, before anything newer', async () => {
    await emit('room', 1);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    const before = performance.now();
    const results = await Promise.all(numbers(2, 300).map((n) => emit('room', n)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['queued']));
    expect(performance.now() - before).toBeLessThan(250);
    await restart();
    await emit('room', 301);
    expect(await lanes.flush(10_000)).toBe(0);
    // The first was acknowledged, and this Redis has forgotten it.
    expect(await eventsOf('room')).toEqual(numbers(1, 301));
  });

  it('queue when Redis was never there, and append when it comes', async () => {
    await lanes.close();
    await connection.close();
    await server.stop();
    start();
    expect(await emit('room', 1)).toEqual({ status: 'queued' });
    expect(await emit('room', 2)).toEqual({ status: 'queued' });
    await restart();
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await eventsOf('room')).toEqual([1, 2]);
  });

  it('send again what Redis acknowledged and forgot, also in rooms where nothing is emitted any more', async () => {
    await Promise.all([
      ...numbers(1, 100).map((n) => emit('busy', n)),
      emit('idle', 'x'),
      emitLatest('idle', 'k', 7),
    ]);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    await restart();
    await emit('busy', 101);
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await eventsOf('busy')).toEqual(numbers(1, 101));
    expect(await eventsOf('idle')).toEqual(['x']);
    expect((await log.latest('idle')).values).toMatchObject([{ key: 'k', data: '7' }]);
  });

  it('notice without a new connection that a room was forgotten', async () => {
    await Promise.all(numbers(1, 20).map((n) => emit('room', n)));
    const redis = new Redis(server.url);
    await redis.del(keys.log('room'), keys.tail('room'));
    redis.disconnect();
    expect(await emit('room', 21)).toMatchObject({ status: 'published' });
    expect(await eventsOf('room')).toEqual(numbers(1, 21));
  });

  it('do not send again what the same Redis still has', async () => {
    await Promise.all(numbers(1, 20).map((n) => emit('room', n)));
    connection.reconnect();
    await waitFor('it is back', () => log.isReady);
    await emit('room', 21);
    expect(await eventsOf('room')).toEqual(numbers(1, 21));
  });

  it('retry a passing error within the time of the emit', async () => {
    await lanes.close();
    await connection.close();
    start({}, 10_000);
    const redis = new Redis(server.url);
    await emit('room', 1);
    await redis.config('SET', 'maxmemory', '1');
    const result = emit('room', 2);
    await waitFor('it was tried', async () =>
      /evalsha:.*failed_calls=[1-9]|errorstat_OOM/.test(await redis.info('all')),
    );
    await redis.config('SET', 'maxmemory', '0');
    expect(await result).toMatchObject({ status: 'published' });
    redis.disconnect();
  });

  it('fail what Redis refuses, in its room only', async () => {
    const redis = new Redis(server.url);
    await redis.set(keys.tail('wrong'), 'x');
    const [wrong, right] = await Promise.all([emit('wrong', 1), emit('right', 1)]);
    expect(wrong).toMatchObject({ status: 'failed', error: { code: 'REDIS_REFUSED' } });
    expect(right).toMatchObject({ status: 'published' });
    await redis.del(keys.tail('wrong'));
    expect(await emit('wrong', 2)).toMatchObject({ status: 'published' });
    redis.disconnect();
  });

  it('let one emit wait in vain for a Redis that takes nothing, and queue the others at once, in all rooms', async () => {
    const redis = new Redis(server.url);
    await emit('a', 0);
    await redis.config('SET', 'maxmemory', '1');
    // 300 ms each, were they to wait each.
    const before = performance.now();
    for (const n of numbers(1, 40)) {
      expect(await emit(n % 2 ? 'a' : 'b', n)).toEqual({ status: 'queued' });
    }
    expect(performance.now() - before).toBeLessThan(3000);
    expect(log.isReady).toBe(true);
    await redis.config('SET', 'maxmemory', '0');
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await emit('a', 41)).toMatchObject({ status: 'published' });
    expect([...(await eventsOf('a')), ...(await eventsOf('b'))]).toEqual([
      ...numbers(0, 41).filter((n) => n === 0 || n % 2),
      ...numbers(1, 40).filter((n) => n % 2 === 0),
    ]);
    redis.disconnect();
  });

  it('show in the metrics what waits, how much it is, and for how long', async () => {
    await emit('room', 'x');
    expect(metrics.value('outbox_events')).toBe(0);
    expect(metrics.value('outbox_age_seconds')).toBe(0);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    await emit('room', 'äöü');
    await emit('other', 'abc');
    expect(metrics.value('outbox_events')).toBe(2);
    expect(metrics.value('outbox_bytes')).toBe(8 + 5);
    await waitFor('the oldest is a while old', () => (metrics.value('outbox_age_seconds') ?? 0) > 0.1);
  });

  it('take no more bytes than their bound, but one event of any size when nothing waits', async () => {
    await lanes.close();
    await connection.close();
    start({ maxBytes: 100 });
    expect(await emit('room', 'x'.repeat(200))).toMatchObject({ status: 'published' });
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    expect(await emit('room', 'x'.repeat(48))).toEqual({ status: 'queued' });
    expect(await emit('room', 'ä'.repeat(48))).toMatchObject({ error: { code: 'OUTBOX_FULL' } });
    expect(await emit('room', 'x'.repeat(48))).toEqual({ status: 'queued' });
    expect(lanes.waitingCount).toBe(2);
  });

  it('take no more than their bounds while Redis is away; of a latest value they keep the newest', async () => {
    await lanes.close();
    await connection.close();
    start({ maxEvents: 50 });
    await emit('room', 0);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    for (const n of numbers(1, 40)) await emit('room', n);
    for (const n of numbers(1, 1000)) {
      expect(await emitLatest('room', `k${n % 10}`, n)).toEqual({ status: 'queued' });
    }
    expect(lanes.waitingCount).toBe(50);
    expect(await emit('room', 41)).toMatchObject({
      status: 'failed',
      error: { code: 'OUTBOX_FULL', retryable: true },
    });
    await restart();
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await eventsOf('room')).toEqual(numbers(0, 40));
    const { values } = await log.latest('room');
    expect(values.map(({ data }) => Number(data))).toEqual(numbers(991, 1000));
  });

  it('take no more when Redis is away for long, drop nothing that waits, however old it gets, and take more when Redis is back', async () => {
    await lanes.close();
    await connection.close();
    start({ maxAgeMs: 200 });
    await emit('room', 0);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    let last = 0;
    await waitFor('it is away for long', async () => {
      const result = await emit('room', last + 1);
      if (result.status === 'queued') last++;
      else
        expect(result).toMatchObject({ status: 'failed', error: { code: 'OUTBOX_FULL', retryable: true } });
      return result.status === 'failed';
    });
    await waitFor(
      'what waits is several times as old',
      () => (metrics.value('outbox_age_seconds') ?? 0) > 0.8,
    );
    expect(await emit('other', 'x')).toMatchObject({ error: { code: 'OUTBOX_FULL' } });
    expect(last).toBeGreaterThan(0);
    expect(lanes.waitingCount).toBe(last);
    await restart();
    expect(await lanes.flush(10_000)).toBe(0);
    expect(await emit('room', last + 1)).toMatchObject({ status: 'published' });
    expect(await eventsOf('room')).toEqual(numbers(0, last + 1));
    expect(await eventsOf('other')).toEqual([]);
  });

  it('take a newer latest value for one that waits, however long Redis is away, and lose none that they refuse', async () => {
    await lanes.close();
    await connection.close();
    start({ maxAgeMs: 200, maxBytes: 20 });
    await emit('room', 1);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    await emitLatest('room', 'progress', 10);
    await waitFor('it is away for long', async () => (await emit('room', 3)).status === 'failed');
    expect(await emitLatest('room', 'progress', 20)).toEqual({ status: 'queued' });
    expect(await emitLatest('room', 'other', 1)).toMatchObject({ error: { code: 'OUTBOX_FULL' } });
    await emit('room', 2);
    await restart();
    expect(await lanes.flush(10_000)).toBe(0);
    const { values } = await log.latest('room');
    expect(values.map(({ data }) => Number(data))).toEqual([20]);
  });

  it('are not full after a short outage in which nothing waited, however long ago it was', async () => {
    await lanes.close();
    await connection.close();
    start({ maxAgeMs: 50 });
    await emit('room', 1);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    await restart();
    await waitFor('Redis is back', () => log.isReady);
    const back = performance.now();
    await waitFor('some time is over', () => performance.now() - back > 150);
    expect(await emit('room', 2)).toMatchObject({ status: 'published' });
  });

  it('say at their end how many events Redis has not taken', async () => {
    await emit('room', 1);
    await server.kill();
    await waitFor('Redis is away', () => !log.isReady);
    await emit('room', 2);
    expect(await lanes.flush(20)).toBe(1);
    await lanes.close();
    expect(logger.lines.join('\n')).toMatch(/1 events that Redis has not taken/);
    expect(metrics.count('abandoned_events_total', { reason: 'shutdown' })).toBe(1);
    expect(metrics.value('outbox_events')).toBeUndefined();
    expect(await emit('room', 3)).toMatchObject({ status: 'failed', error: { code: 'EMITTER_CLOSED' } });
  });
});
