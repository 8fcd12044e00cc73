import {
  createEmitterId,
  readHistory,
  streamIdOf,
  type AppendBatch,
  type AppendEvent,
  type AppendReport,
  type Token,
} from '../../../src/room-log/index.js';
import { startOwnRoomLog, type OwnRoomLog } from '../../support/room-log/own-room-log.js';
import { waitFor } from '../../support/wait-for.js';

describe('the log in Redis, when something else is wrong', () => {
  let own: OwnRoomLog;
  let log: OwnRoomLog['log'];
  let keys: OwnRoomLog['keys'];
  let redis: OwnRoomLog['redis'];
  let room = '';
  let roomCount = 0;
  let emitter = createEmitterId();
  let seq = 0;

  beforeAll(async () => {
    own = await startOwnRoomLog();
    ({ log, keys, redis } = own);
  });
  afterAll(() => own.stop());
  beforeEach(() => {
    room = `room ${++roomCount}`;
    emitter = createEmitterId();
    seq = 0;
  });

  const durable = (data: string): AppendEvent => ({ kind: 'durable', seq: ++seq, data });
  const batch = (events: readonly AppendEvent[], more: Partial<AppendBatch> = {}): AppendBatch => ({
    room,
    emitter,
    events,
    firstSentAt: performance.now(),
    isRetry: false,
    ...more,
  });
  const append = async (data: string, more: Partial<AppendBatch> = {}): Promise<Token> =>
    tokenOf(await log.append(batch([durable(data)], more)));
  const eventsOf = async (name = room): Promise<(string | null)[]> =>
    (await readHistory(log, name, { limit: 1000 })).events.map(({ data }) => data);

  it('goes on with the chain when only the tail is gone', async () => {
    const first = await append('1');
    await redis.del(keys.tail(room));
    expect(await log.attach(room, first, { limit: 10 })).toMatchObject({ verdict: 'current', tail: first });
    await redis.del(keys.tail(room));
    const second = await append('2', { emitter: createEmitterId() });
    expect(await log.attach(room, first, { limit: 10 })).toMatchObject({
      verdict: 'chain',
      events: [{ token: second, prev: first }],
    });
  });

  it('recognises a retry by the log when the tail is gone', async () => {
    const events = [durable('1'), durable('2')];
    await log.append(batch(events));
    await append('other', { emitter: createEmitterId() });
    await redis.del(keys.tail(room));
    expect(await log.append(batch(events, { isRetry: true }))).toMatchObject({
      outcomes: [{ outcome: 'before' }, { outcome: 'before' }],
    });
    expect(await eventsOf()).toEqual(['1', '2', 'other']);
  });

  it('announces what was lost when only the log is gone, and chains what follows to the tail', async () => {
    const first = await append('1');
    const second = await append('2');
    await redis.del(keys.log(room));
    expect(await log.attach(room, second, { limit: 10 })).toMatchObject({ verdict: 'current' });
    expect(await log.attach(room, first, { limit: 10 })).toMatchObject({
      verdict: 'gap',
      reason: 'trimmed',
      resume: second,
    });
    const third = await append('3');
    expect(await log.attach(room, second, { limit: 10 })).toMatchObject({
      verdict: 'chain',
      events: [{ token: third }],
    });
    expect(await redis.pttl(keys.log(room))).toBeGreaterThan(0);
  });

  it('gives every key an expiry, whatever a room begins with', async () => {
    await log.append(batch([durable('1'), durable('2'), durable('3')]));
    await redis.del(keys.log(room));
    await log.append(batch([durable('4'), durable('5'), durable('6')]));
    await log.append(
      batch([{ kind: 'latest', seq: ++seq, key: 'a', data: '1' }], { room: `${room}/latest` }),
    );
    await log.append(
      batch([{ kind: 'durable', seq: ++seq, data: '1', dedupeKey: 'k', clears: 'x' }], { room: `${room}/d` }),
    );
    await log.attach(`${room}/looked`, null, { limit: 1 });
    await log.tails([`${room}/tails`]);
    const all = await redis.keys(`*#${room}*`);
    expect(all.length).toBeGreaterThanOrEqual(9);
    for (const key of all) expect([key, (await redis.pttl(key)) > 0]).toEqual([key, true]);
  });

  it('appends above the tail when the clock stepped back', async () => {
    const ahead = `${Date.now() + 3_600_000}-5.${createEmitterId()}1.abc`;
    await redis.hset(keys.tail(room), { t: ahead, b: '0' });
    const report = await log.append(batch([durable('1'), durable('2')]));
    const look = await log.attach(room, ahead, { limit: 10 });
    expect(look).toMatchObject({ verdict: 'chain', events: [{ data: '1' }, { data: '2' }] });
    expect(tokenOf(report).split('.')[0]).toBe(`${ahead.slice(0, 13)}-6`);
    await redis.del(keys.log(room));
    const later = await append('3');
    expect(later.split('.')[0]).toBe(`${ahead.slice(0, 13)}-8`);
  });

  it('appends a single event above the tail, whatever the clock and the log say', async () => {
    await append('1');
    const ahead = Date.now() + 3_600_000;
    await redis.hset(keys.tail(room), 't', `${ahead}-5.${emitter}1.abc`);
    expect(idOf(await append('2'))).toBe(`${ahead}-6`);
    // Now the log is ahead as well, in the very millisecond of the tail.
    await redis.hset(keys.tail(room), 't', `${ahead}-9.${emitter}2.abc`);
    expect(idOf(await append('3'))).toBe(`${ahead}-10`);
    expect(await redis.xlen(keys.log(room))).toBe(3);
    await redis.hset(keys.tail(room), 't', `10000000000000-0.${emitter}3.abc`);
    expect(idOf(await append('4'))).toBe('10000000000000-1');
    expect(idOf(await append('5'))).toBe('10000000000000-2');
  });

  it('chains a single event to the newest of the log when the tail is no token', async () => {
    const first = await append('1');
    await redis.hset(keys.tail(room), 't', 'no token\nat all');
    const second = await append('2');
    expect(await log.attach(room, first, { limit: 10 })).toMatchObject({
      verdict: 'chain',
      events: [{ token: second, prev: first }],
    });
  });

  it('ignores a single event that arrives late, though it does not say that it is a retry', async () => {
    const late = durable('1');
    await log.append(batch([late]));
    const newest = await append('2');
    expect(await log.append(batch([late]))).toMatchObject({ outcomes: [{ outcome: 'before' }] });
    expect(await eventsOf()).toEqual(['1', '2']);
    expect((await log.attach(room, null, { limit: 1 })).tail).toBe(newest);
  });

  it('says that it forgot what it acknowledged, and appends nothing before that was sent again', async () => {
    const first = durable('1');
    await log.append(batch([first]));
    const snapshot = await snapshotOf(room);
    const second = durable('2');
    const token = tokenOf(await log.append(batch([second])));
    await restore(room, snapshot);
    const acknowledged = { seq: second.seq, firstSentAt: performance.now(), token };
    const third = durable('3');
    expect(await log.append(batch([third], { acknowledged }))).toEqual({ status: 'forgotten' });
    expect(await log.append(batch([first, second, third], { isRetry: true }))).toMatchObject({
      outcomes: [{ outcome: 'before' }, { outcome: 'appended' }, { outcome: 'appended' }],
    });
    expect(await eventsOf()).toEqual(['1', '2', '3']);

    await redis.del(keys.log(room), keys.tail(room));
    expect(await log.append(batch([durable('4')], { acknowledged }))).toEqual({ status: 'forgotten' });
  });

  it('says so too when only the log can tell', async () => {
    const first = durable('1');
    await log.append(batch([first]));
    const snapshot = await snapshotOf(room);
    const second = durable('2');
    const token = tokenOf(await log.append(batch([second])));
    await restore(room, snapshot);
    await redis.del(keys.tail(room));
    const acknowledged = { seq: second.seq, firstSentAt: performance.now(), token };
    expect(await log.append(batch([durable('3')], { acknowledged }))).toEqual({ status: 'forgotten' });
  });

  it.each([
    { born: 'half a second before it, by the clock of another server', ms: 500, status: 'forgotten' },
    { born: 'two seconds before it', ms: 2000, status: 'done' },
  ])(
    'where the log was trimmed past the event, in a room born $born, it is $status',
    async ({ ms, status }) => {
      const first = durable('1');
      const token = tokenOf(await log.append(batch([first])));
      await redis.del(keys.log(room), keys.tail(room));
      for (let other = 0; other < 3; other++) await append('other', { emitter: createEmitterId() });
      await redis.xtrim(keys.log(room), 'MAXLEN', 1);
      await redis.hset(keys.tail(room), 'b', `${streamIdOf(token).ms - ms}-0.~genesis`);
      const acknowledged = { seq: first.seq, firstSentAt: performance.now(), token };
      expect(await log.append(batch([durable('2')], { acknowledged }))).toMatchObject({ status });
    },
  );

  it('does not take an emitter that was only pushed out for one whose events were forgotten', async () => {
    const first = durable('1');
    const token = tokenOf(await log.append(batch([first])));
    const acknowledged = { seq: first.seq, firstSentAt: performance.now(), token };
    for (let other = 0; other < 60; other++) await append('other', { emitter: createEmitterId() });
    expect(await redis.hlen(keys.tail(room))).toBeLessThanOrEqual(34);
    expect(await redis.hget(keys.tail(room), emitter)).toBeNull();
    expect(await log.append(batch([durable('2')], { acknowledged }))).toMatchObject({ status: 'done' });
  });

  it('loads its scripts before the first append, and again when Redis forgot them', async () => {
    await append('1');
    await redis.config('RESETSTAT');
    await append('2');
    expect(await redis.info('commandstats')).not.toMatch(/cmdstat_eval:/);
    await redis.script('FLUSH');
    await append('3');
    expect(await eventsOf()).toEqual(['1', '2', '3']);
  });

  it('refuses a room whose keys are something else, and serves the others of the same call', async () => {
    for (const wrong of [keys.tail('a'), keys.log('b'), keys.latest('c')]) await redis.set(wrong, 'x');
    const latest: AppendEvent = { kind: 'latest', seq: ++seq, key: 'k', data: '1' };
    const rooms = ['a', 'b', 'c', room];
    const results = await Promise.allSettled(
      rooms.map((name) => log.append(batch([durable('1'), { ...latest, seq: ++seq }], { room: name }))),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled']);
    for (const result of results.slice(0, 3)) {
      expect(result).toMatchObject({ reason: { code: 'REDIS_REFUSED', retryable: false } });
    }
    // Nothing was appended of what was refused in its second event.
    expect(await redis.exists(keys.log('c'))).toBe(0);
    const tails = await log.tails(['a', room]);
    expect(tails).toMatchObject([
      { error: { code: 'REDIS_REFUSED' } },
      { tail: expect.any(String) as string },
    ]);
    await expect(log.attach('a', null, { limit: 1 })).rejects.toMatchObject({ code: 'REDIS_REFUSED' });
  });

  it('passes over what others put into the stream', async () => {
    const first = await append('1');
    await redis.xadd(keys.log(room), '*', 'foreign', 'entry');
    await redis.xadd(keys.log(room), '*', 'foreign', 'entry');
    const second = await append('2');
    await redis.xadd(keys.log(room), '*', 'foreign', 'entry');
    expect(await log.attach(room, first, { limit: 1 })).toMatchObject({ events: [{ token: second }] });
    await redis.del(keys.tail(room));
    expect((await log.attach(room, null, { limit: 1 })).tail).toBe(second);
    expect(await eventsOf()).toEqual(['1', '2']);
    const third = await append('3');
    expect(await log.attach(room, second, { limit: 1 })).toMatchObject({ events: [{ token: third }] });
  });

  it('shows an entry of the chain that cannot be read as one without data', async () => {
    const first = await append('1');
    const nonce = `${emitter}${++seq}.abc`;
    const id = await redis.xadd(keys.log(room), '*', 'p', first, 'n', nonce);
    await redis.hset(keys.tail(room), 't', `${id ?? ''}.${nonce}`);
    await append('3');
    const look = await log.attach(room, first, { limit: 10 });
    expect(look).toMatchObject({ events: [{ data: null, prev: first }, { data: '3' }] });
  });

  it('gives a full memory as an error that passes', async () => {
    await redis.config('SET', 'maxmemory', '1');
    await expect(append('1')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE', retryable: true });
    await redis.config('SET', 'maxmemory', '0');
    await append('2');
    expect(await eventsOf()).toEqual(['2']);
  });

  it('appends what it may not publish: those who follow find it by themselves', async () => {
    await redis.acl('SETUSER', 'quiet', 'on', '>pw', '~*', 'resetchannels', '+@all');
    const quiet = own.as('quiet', 'pw');
    expect(await quiet.log.append(batch([durable('1')]))).toMatchObject({
      receivers: -1,
      outcomes: [{ outcome: 'appended' }],
    });
    expect(await eventsOf()).toEqual(['1']);
    await quiet.close();
  });

  it('says whether the Redis that it comes back to may have forgotten', async () => {
    const sessions: boolean[] = [];
    let away = 0;
    const stop = log.onReady(({ mayHaveForgotten }) => sessions.push(mayHaveForgotten));
    log.onAway(() => away++);
    await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await waitFor('it is back', () => sessions.length === 2);
    expect(sessions).toEqual([false, false]);
    expect(away).toBe(1);
    expect(log.isReady).toBe(true);

    await own.kill();
    await waitFor('it is away', () => away === 2);
    await expect(append('1')).rejects.toMatchObject({ retryable: true });
    await own.startAgain();
    await waitFor('it is back again', () => sessions.length === 3);
    expect(sessions[2]).toBe(true);
    await append('1');
    stop();
  });

  async function snapshotOf(name: string): Promise<Map<string, Buffer>> {
    const snapshot = new Map<string, Buffer>();
    for (const key of [keys.log(name), keys.tail(name)]) {
      const dump = await redis.dumpBuffer(key);
      snapshot.set(key, dump);
    }
    return snapshot;
  }

  async function restore(name: string, snapshot: Map<string, Buffer>): Promise<void> {
    await redis.del(keys.log(name), keys.tail(name));
    for (const [key, dump] of snapshot) await redis.restore(key, 60_000, dump);
  }
});

function idOf(token: Token): string | undefined {
  return token.split('.')[0];
}

function tokenOf(report: AppendReport): Token {
  if (report.status !== 'done') throw new Error(report.status);
  const [first] = report.outcomes;
  if (first?.outcome !== 'appended') throw new Error(first?.outcome);
  return first.token;
}
