import { Redis } from 'ioredis';
import notepack from 'notepack.io';
import { Random } from '../integration/room-log/simulation/random.js';
import type { AppProcess } from '../support/app-process.js';
import { connectClient, type TestClient } from '../support/connect-client.js';
import { published } from '../support/expected-replies.js';
import { startWorker } from '../support/gateway-processes.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { Resources } from '../support/resources.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { inflate, mutate } from './support/mutations.js';
import { recordTrial } from './support/trials.js';
import { startWatchedServer } from './support/watched-server.js';

const form = chaosForm();
const { count, largeCount } =
  form.name === 'full' ? { count: 100_000, largeCount: 40 } : { count: 4000, largeCount: 2 };
const LARGE_BYTES = 10 * 1024 * 1024;
const BATCH = 250;
const DEADLINE_MS = 60_000;

const PREFIX = 'hostile';
const LIVE = { delivery: 'live' } as const;
const LATEST = { delivery: 'latest', key: 'progress' } as const;

/** Everything that a server listens on. */
const CHANNELS = [
  `{${PREFIX}#/#user:ann}@0`,
  `{${PREFIX}#/#user:stranger-4711}@0`,
  `{${PREFIX}#/#\u0001control}@0`,
  `${PREFIX}-presence#/#v1`,
  `${PREFIX}#/#`,
  `${PREFIX}#/#user:ann#`,
  `${PREFIX}#/#user:nobody#`,
  `${PREFIX}-request#/#`,
  `${PREFIX}-response#/#`,
];

const resources = new Resources();
let redis: Redis;
let server: AppProcess;
let worker: AppProcess;
let ann: TestClient;
/** Connected too, to a room that no message is about. */
let stranger: TestClient;
let next = 0;

beforeAll(async () => {
  const { url } = resources.add(await RedisProcess.start());
  redis = new Redis(url);
  resources.add({ stop: () => redis.disconnect() });
  const env = { REDIS_URL: url, SOCKET_REDIS_CHANNEL: PREFIX };
  [server, worker] = await Promise.all([startWatchedServer(resources, env), startWorker(resources, env)]);
  const serverUrl = await server.call<string>('url');
  ann = resources.add(await connectClient(serverUrl, 'ann'));
  stranger = resources.add(await connectClient(serverUrl, 'stranger-4711'));
}, 60_000);
afterAll(() => resources.stop());

/** Valid events of every kind, after everything before them, each at the right client. */
async function expectService(): Promise<void> {
  const n = next++;
  for (const [userId, client] of [
    ['ann', ann],
    ['stranger-4711', stranger],
  ] as const) {
    expect(await worker.call('emitToUser', userId, 'kept', n)).toEqual(published(1));
    expect(await worker.call('emitToUser', userId, 'newest', n, LATEST)).toEqual({
      status: 'published',
      servers: 1,
    });
    expect(await worker.call('emitToUser', userId, 'live', `live:${n}`, LIVE)).toEqual({
      status: 'published',
    });
    await waitFor(
      `the events of round ${n} at ${userId}`,
      () =>
        client.payloads('kept').length > n &&
        client.payloads('newest').at(-1) === n &&
        client.payloads('live').includes(`live:${n}`),
      DEADLINE_MS,
    );
  }
}

/** What was emitted, and nothing else of what is kept, whatever came between. */
function expectNothingElse(): void {
  for (const client of [ann, stranger]) {
    expect(client.payloads('kept')).toEqual(Array.from({ length: next }, (_, n) => n));
    expect(client.payloads('gateway:gap')).toEqual([]);
    expect(client.disconnectCount).toBe(0);
  }
  const names = new Set(stranger.events.map(({ name }) => name));
  expect([...names].sort()).toEqual(['gateway:ready', 'kept', 'live', 'newest']);
  expect(stranger.payloads('live')).toHaveLength(next);
  expect(server.isRunning).toBe(true);
  expect(server.output).not.toMatch(/unhandled/i);
}

/** What servers and workers really send, about ann and about nobody. */
async function capture(): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  const listener = redis.duplicate();
  listener.on('pmessageBuffer', (_pattern: Buffer, _channel: Buffer, message: Buffer) =>
    messages.push(message),
  );
  try {
    await listener.psubscribe('*');
    await worker.call('emitToUser', 'ann', 'captured', { a: [1, 'two', null], b: { c: 'text' } });
    await worker.call('emitToUser', 'ann', 'captured', 'text', { clears: 'progress' });
    await worker.call('emitToUser', 'ann', 'captured', 3, { ...LATEST, key: 'other' });
    await worker.call('emitToUser', 'ann', 'captured', { a: [1, 'two', null] }, LIVE);
    await worker.call('emitToUser', 'nobody', 'captured', 1, LIVE);
    await worker.call('joinRoom', { userId: 'nobody' }, 'nowhere');
    await worker.call('leaveRoom', { userId: 'nobody' }, 'nowhere');
    await worker.call('disconnectUser', 'nobody');
    await waitFor('the last of what is captured', () => messages.length >= 11);
  } finally {
    listener.disconnect();
  }
  return [
    ...messages,
    Buffer.from('{"uid":"other","requestId":"r","type":1}'),
    Buffer.from('{"uid":"other","requestId":"r","type":5,"opts":{"rooms":["user:nobody"],"except":[]}}'),
    Buffer.from('{"uid":"other","type":6,"data":["captured",{"a":1}]}'),
    Buffer.from('{"requestId":"r","sockets":[]}'),
  ];
}

it(
  `${count} damaged messages on all channels are left out and counted, and valid ones arrive (CHAOS_SEED=${form.seed})`,
  async () => {
    const random = new Random(form.seed);
    await expectService();
    const valid = await capture();
    // What was captured is the newest no more: nothing fits where a room is now.
    await worker.call('disconnectUser', 'nobody');
    await expectService();
    const startedAt = performance.now();
    for (let sent = 0; sent < count; sent += BATCH) {
      const pipeline = redis.pipeline();
      for (let index = 0; index < BATCH; index++) {
        pipeline.publish(random.pick(CHANNELS), mutate(random.pick(valid), random));
      }
      await pipeline.exec();
      await expectService();
    }
    for (let sent = 0; sent < largeCount; sent++) {
      await redis.publish(random.pick(CHANNELS), inflate(random.pick(valid), LARGE_BYTES, random));
      await expectService();
    }
    const seconds = (performance.now() - startedAt) / 1000;
    expectNothingElse();

    const counts = await server.call<Map<string, number>>('counts');
    const counted = (source: string): number => counts.get(`undecodable_messages_total ${source}`) ?? 0;
    for (const source of ['room', 'broadcast', 'request', 'presence']) {
      expect({ source, isCounted: counted(source) > count / 40 }).toEqual({ source, isCounted: true });
    }
    expect(counted('other')).toBe(0);
    // At once, and then once in ten seconds, for each of the sources.
    const lines = server.lines('could not be used and was dropped').length;
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThanOrEqual(5 * (seconds / 10 + 2));

    const all = ['room', 'broadcast', 'request', 'presence'].map((one) => `${one} ${counted(one)}`);
    recordTrial({
      trial: 'Damaged messages on every Redis channel',
      extent: `${count} mutations of real messages, and ${largeCount} of 10 MB`,
      result: `left out and counted: ${all.join(', ')}; ${lines} log lines; ${2 * next} durable events, 0 lost, 0 misdelivered, 0 gaps, 0 disconnects`,
    });
  },
  form.name === 'full' ? 1_800_000 : 120_000,
);

describe('A message that would follow the last event of a room, but has a wrong shape, reaches nobody', () => {
  it.each([
    ['data that is no JSON', (token: string, prev: string) => `${token}\n${prev}\n\n"forged",{`],
    ['a name that clients refuse', (token: string, prev: string) => `${token}\n${prev}\n\n"disconnect",1`],
    ['no name', (token: string, prev: string) => `${token}\n${prev}\n\n{"forged":1}`],
    ['data that leaves its array', (token: string, prev: string) => `${token}\n${prev}\n\n"forged",1],["x"`],
    ['more values than one', (token: string, prev: string) => `${token}\n${prev}\n\n"forged",1,{"id":"x"}`],
    ['a token that is text', (token: string, prev: string) => `${token}"x\n${prev}\n\n"forged",1`],
    ['a clear of nothing', (token: string, prev: string) => `${token}\n${prev}\nx\n"forged",1`],
  ])('such as %s', async (_, forge) => {
    const tail = (await redis.hget(`{${PREFIX}#/#user:ann}:1tail`, 't')) as string;
    const ms = Number.parseInt(tail, 10) + 1;
    await redis.publish(CHANNELS[0] as string, forge(`${ms}-0.forger__1.salt`, tail));
    await expectService();
    expectNothingElse();
  });
});

describe('What has lost the rooms that it is for, and is taken for everybody by the adapter, reaches nobody', () => {
  const packet = { type: 2, nsp: '/', data: ['forged', 1] };
  const [all, ofAnn] = [`${PREFIX}#/#`, `${PREFIX}#/#user:ann#`];
  const requests = `${PREFIX}-request#/#`;

  it.each([
    ['a broadcast', all, notepack.encode(['other', packet, { roomt: ['user:ann'], except: [], flags: {} }])],
    [
      'a broadcast whose rooms are null',
      all,
      notepack.encode(['other', packet, { rooms: null, except: [] }]),
    ],
    ['a broadcast to one room', ofAnn, notepack.encode(['other', packet, { rooms: [], except: [] }])],
    [
      'a broadcast to another room',
      ofAnn,
      notepack.encode(['other', packet, { rooms: ['user:stranger-4711'] }]),
    ],
    [
      'a request to disconnect',
      requests,
      '{"uid":"other","type":4,"opts":{"roomt":["user:ann"]},"close":true}',
    ],
    ['a request to join', requests, '{"uid":"other","type":2,"opts":{},"rooms":["user:nobody"]}'],
  ])('such as %s', async (_, channel, message) => {
    await redis.publish(channel, message);
    // Only who is in that room by mistake would get it.
    await worker.call('emitToUser', 'nobody', 'forged', 1, LIVE);
    await expectService();
    expectNothingElse();
    expect(ann.payloads('forged')).toEqual([]);
  });
});

describe('What is kept of a room and cannot be read concerns that room alone', () => {
  // Each time another one: the room of the last is followed for a while.
  let userId: string;
  let room: string;
  let victimCount = 0;
  const key = (kind: string): string => `{${PREFIX}#/#${room}}:1${kind}`;
  let victim: TestClient;

  beforeEach(async () => {
    userId = `victim-${++victimCount}`;
    room = `user:${userId}`;
    victim = resources.add(await connectClient(await server.call<string>('url'), userId));
    await worker.call('emitToUser', userId, 'kept', 'before', { dedupeKey: 'k' });
    await victim.received('kept');
  });
  afterEach(() => victim.stop());

  it.each(['log', 'tail', 'latest', 'dedupe'])('when the type of its key %s is wrong', async (kind) => {
    const [found] = kind === 'dedupe' ? await redis.keys(key('d*')) : [key(kind)];
    await redis.set(found as string, 'text');
    const options = { dedupe: { dedupeKey: 'other' }, latest: { clears: 'progress' } }[kind] ?? {};
    expect(await worker.call('emitToUser', userId, 'kept', 'refused', options)).toEqual({
      status: 'failed',
      code: 'REDIS_REFUSED',
      retryable: false,
    });
    await expectService();
    await redis.del(found as string);
    expect(await worker.call('emitToUser', userId, 'kept', 'after', options)).toMatchObject({
      status: 'published',
    });
    await waitFor('the event after', () => victim.payloads('kept').includes('after'), DEADLINE_MS);
    expect(victim.payloads('kept')).toEqual(['before', 'after']);
    expect(victim.disconnectCount).toBe(0);
    expectNothingElse();
  });

  it('when there are entries, values and a tail of other shapes', async () => {
    const tail = (await redis.hget(key('tail'), 't')) as string;
    await redis.xadd(key('log'), '*', 'x', 'foreign');
    await redis.xadd(key('log'), '*', 'p', 'x', 'n', 'y"', 'd', 'z');
    await redis.xadd(key('log'), '*', 'p', tail, 'n', '"}', 'd', '"forged",1');
    await redis.hset(key('tail'), 't', 'garbage"');
    await redis.hset(
      key('latest'),
      'v',
      'x"',
      'wkey',
      'y',
      'dkey',
      '{',
      'dother',
      '"forged",1',
      'wthird',
      '1',
    );
    const again = resources.add(await connectClient(await server.call<string>('url'), userId));
    expect(await worker.call('emitToUser', userId, 'kept', 'after')).toMatchObject({ status: 'published' });
    for (const client of [victim, again]) {
      await waitFor('the event after', () => client.payloads('kept').includes('after'), DEADLINE_MS);
      expect(client.payloads('forged')).toEqual([]);
      expect(client.disconnectCount).toBe(0);
    }
    await expectService();
    expectNothingElse();
  });

  it('when an event in it is none: who comes back gets a gap for it, and goes on', async () => {
    const tail = (await redis.hget(key('tail'), 't')) as string;
    const ms = Number.parseInt(tail, 10) + 1;
    victim.stop();
    await redis.xadd(key('log'), `${ms}-0`, 'p', tail, 'n', 'forger__1.salt', 'd', '"disconnect"');
    await redis.hset(key('tail'), 't', `${ms}-0.forger__1.salt`);
    await worker.call('emitToUser', userId, 'kept', 'after');
    const { token } = victim.socket.auth as { token: string };
    const again = resources.add(
      await connectClient(await server.call<string>('url'), userId, {
        auth: { token, positions: { [room]: tail } },
      }),
    );
    await waitFor('the event after', () => again.payloads('kept').includes('after'), DEADLINE_MS);
    expect(again.payloads('gateway:gap')).toMatchObject([{ room, reason: 'unreadable' }]);
    expect(again.disconnectCount).toBe(0);
    const counts = await server.call<Map<string, number>>('counts');
    expect(counts.get('undecodable_messages_total log')).toBeGreaterThan(0);
  });
});
