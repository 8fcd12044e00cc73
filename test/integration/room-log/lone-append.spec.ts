import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import {
  DEFAULT_ROOM_LOG_LIMITS,
  createEmitterId,
  readHistory,
  type Acknowledged,
  type AppendBatch,
  type AppendReport,
} from '../../../src/room-log/index.js';
import { startOwnRoomLog, type OwnRoomLog } from '../../support/room-log/own-room-log.js';

/** An event whose emitter knows that the log has its last one: a script of its own appends it, where nothing is special. */
describe('a lone event behind an acknowledged one', () => {
  let own: OwnRoomLog;
  let log: OwnRoomLog['log'];
  let keys: OwnRoomLog['keys'];
  let redis: OwnRoomLog['redis'];
  let room = '';
  let roomCount = 0;
  let emitter: string;
  let seq: number;
  let acknowledged: Acknowledged | undefined;

  beforeAll(async () => {
    own = await startOwnRoomLog();
    ({ log, keys, redis } = own);
  });
  afterAll(() => own.stop());
  beforeEach(async () => {
    room = `room ${++roomCount}`;
    emitter = createEmitterId();
    seq = 0;
    acknowledged = undefined;
    await append('1');
    await redis.config('RESETSTAT');
  });

  it('is chained to it, in one call of a script', async () => {
    const first = acknowledged?.token;
    expect(await append('2')).toMatchObject({ status: 'done', receivers: 0 });
    const second = acknowledged?.token ?? '';
    await append('3');
    expect(await log.attach(room, first ?? '', { limit: 10 })).toMatchObject({
      verdict: 'chain',
      tail: acknowledged?.token,
      events: [
        { prev: first, token: second, data: '2' },
        { prev: second, token: acknowledged?.token, data: '3' },
      ],
    });
    // The attachment is the third.
    expect(await scriptCalls()).toBe(3);
  });

  it('is published with the link to it, and told how many follow the room', async () => {
    const follower = new Redis(own.url);
    const messages: string[] = [];
    follower.on('message', (_channel, message) => messages.push(message));
    await follower.subscribe(keys.channel(room));
    const first = acknowledged?.token ?? '';
    expect(await append('{"é":"\\n"}')).toMatchObject({ receivers: 1 });
    await follower.ping();
    expect(messages).toEqual([`${acknowledged?.token ?? ''}\n${first}\n\n{"é":"\\n"}`]);
    follower.disconnect();
  });

  it('is chained to what others appended since', async () => {
    const own = acknowledged;
    await append('theirs', { emitter: createEmitterId(), acknowledged: undefined });
    const theirs = acknowledged?.token;
    acknowledged = own;
    await append('2');
    expect(await log.attach(room, theirs ?? '', { limit: 10 })).toMatchObject({
      events: [{ prev: theirs, token: acknowledged?.token }],
    });
  });

  it('is above the tail, whatever the clock and the log say', async () => {
    const ahead = Date.now() + 3_600_000;
    await redis.hset(keys.tail(room), 't', `${ahead}-5.${emitter}1.abc`);
    await append('2');
    expect(newestId()).toBe(`${ahead}-6`);
    // Now the log is ahead as well, in the very millisecond of the tail.
    await append('3');
    expect(newestId()).toBe(`${ahead}-7`);
    await redis.hset(keys.tail(room), 't', `${ahead}-9.${emitter}3.abc`);
    await append('4');
    expect(newestId()).toBe(`${ahead}-10`);
    expect(await redis.xlen(keys.log(room))).toBe(4);
    await redis.hset(keys.tail(room), 't', `10000000000000-0.${emitter}4.abc`);
    await append('5');
    await append('6');
    expect(newestId()).toBe('10000000000000-2');
  });

  it('is chained to the newest of the log when the tail is no token', async () => {
    const first = acknowledged?.token;
    await redis.hset(keys.tail(room), 't', 'no token\nat all');
    await append('2');
    expect(await log.attach(room, first ?? '', { limit: 10 })).toMatchObject({
      verdict: 'chain',
      events: [{ prev: first, token: acknowledged?.token }],
    });
  });

  it('is appended once when it comes again, retry or not', async () => {
    const own = acknowledged;
    await append('2');
    for (const isRetry of [false, true]) {
      expect(
        await log.append({ ...batch('2'), events: [{ kind: 'durable', seq, data: '2' }], isRetry }),
      ).toMatchObject({
        outcomes: [{ outcome: 'before' }],
      });
    }
    // It has overtaken its first attempt, which knows less.
    const late = { ...batch('2'), events: [{ kind: 'durable', seq, data: '2' }] as const, acknowledged: own };
    expect(await log.append(late)).toMatchObject({ outcomes: [{ outcome: 'before' }] });
    expect(await dataOf()).toEqual(['1', '2']);
  });

  it('is not appended where the acknowledged one is forgotten', async () => {
    await redis.del(keys.log(room), keys.tail(room));
    expect(await log.append(batch('2'))).toEqual({ status: 'forgotten' });
    expect(await redis.exists(keys.log(room))).toBe(0);
  });

  it('begins the log anew when only that is gone, and gives it an expiry', async () => {
    const first = acknowledged?.token;
    await redis.del(keys.log(room));
    await append('2');
    expect(await log.attach(room, first ?? '', { limit: 10 })).toMatchObject({
      verdict: 'chain',
      events: [{ data: '2' }],
    });
    expect(await redis.pttl(keys.log(room))).toBeGreaterThan(0);
  });

  it('sets the expiries again when the tail is of an earlier part of the lifetime, and not each time', async () => {
    const part = Math.ceil(DEFAULT_ROOM_LOG_LIMITS.ttlMs / 64);
    // A tail of the part before this one, and a log to match it.
    const earlier = Math.floor(Date.now() / part) * part - 1;
    await redis.hset(keys.tail(room), 't', `${earlier}-0.${emitter}1.abc`);
    for (const key of [keys.log(room), keys.tail(room)]) await redis.pexpire(key, 60_000);
    await append('2');
    expect(await redis.pttl(keys.log(room))).toBeGreaterThan(DEFAULT_ROOM_LOG_LIMITS.ttlMs - 60_000);
    expect(await redis.pttl(keys.tail(room))).toBeGreaterThan(DEFAULT_ROOM_LOG_LIMITS.ttlMs);
    for (const key of [keys.log(room), keys.tail(room)]) await redis.pexpire(key, 60_000);
    await append('3');
    expect(await redis.pttl(keys.log(room))).toBeLessThanOrEqual(60_000);
    expect(await redis.pttl(keys.tail(room))).toBeLessThanOrEqual(60_000);
  });

  it('is refused where the keys are something else, and waits where the memory is full', async () => {
    await redis.config('SET', 'maxmemory', '1');
    await expect(log.append(batch('2'))).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      retryable: true,
    });
    await redis.config('SET', 'maxmemory', '0');
    await redis.set(keys.log(room), 'x');
    await expect(log.append(batch('2'))).rejects.toMatchObject({ code: 'REDIS_REFUSED', retryable: false });
  });

  it('is appended by a Redis that has forgotten its scripts', async () => {
    await redis.script('FLUSH');
    await append('2');
    await append('3');
    // Its script was sent in full once; so was the one that looks at the log's bytes too, by chance, where that came for one of them.
    const stats = await redis.info('commandstats');
    const looks = Number(/cmdstat_memory\|usage:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    expect(stats).toContain(`cmdstat_eval:calls=${looks === 1 ? 2 : 1},`);
    expect(await dataOf()).toEqual(['1', '2', '3']);
  });

  it('is heard by those who follow the room before its emitter is answered', async () => {
    const follower = new Redis(own.url);
    const order: string[] = [];
    follower.on('message', () => order.push('heard'));
    await follower.subscribe(keys.channel(room));
    for (let count = 0; count < 20; count++) {
      await append('x');
      order.push('answered');
      await delay(2);
    }
    expect(order).toEqual(Array.from({ length: 20 }, () => ['heard', 'answered']).flat());
    follower.disconnect();
  });

  const batch = (data: string): AppendBatch => ({
    room,
    emitter,
    events: [{ kind: 'durable', seq: seq + 1, data }],
    firstSentAt: performance.now(),
    isRetry: false,
    acknowledged,
  });

  /** Appends one event, and acknowledges it. */
  async function append(data: string, more: Partial<AppendBatch> = {}): Promise<AppendReport> {
    const report = await log.append({ ...batch(data), ...more });
    seq++;
    const [outcome] = report.status === 'done' ? report.outcomes : [];
    if (outcome?.outcome !== 'appended') throw new Error(`Not appended: ${JSON.stringify(report)}`);
    acknowledged = { seq, firstSentAt: performance.now(), token: outcome.token };
    return report;
  }

  function newestId(): string | undefined {
    return acknowledged?.token?.split('.')[0];
  }

  async function dataOf(): Promise<(string | null)[]> {
    return (await readHistory(log, room, { limit: 100 })).events.map(({ data }) => data);
  }

  async function scriptCalls(): Promise<number> {
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
  }
});
