import { Redis } from 'ioredis';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { parseCommand } from '../../../src/publishing/index.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const PREFIX = 'asking';
const CONTROL_LOG = `{${PREFIX}#/#\u0001control}:1log`;

const resources = new Resources();
const perTest = new Resources();
let redis: RedisProcess;
let plain: Redis;
let worker: WorkerEmitter;
let room: string;
let roomCount = 0;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  plain = connect(resources);
  worker = createWorker(redis.url, resources);
});
beforeEach(() => {
  room = `room-${roomCount++}`;
});
afterEach(() => perTest.stop());
afterAll(() => resources.stop());

function connect(owner: Resources): Redis {
  const client = new Redis(redis.url);
  owner.add({
    stop: () => {
      client.disconnect();
      return Promise.resolve();
    },
  });
  return client;
}

function createWorker(url: string | undefined, owner: Resources): WorkerEmitter {
  const created = createWorkerEmitter({
    redis: url,
    prefix: PREFIX,
    delivery: 'durable',
    emitTimeoutMs: 500,
    shutdownTimeoutMs: 0,
    logger: new RecordingLogger(),
  });
  owner.add({ stop: () => created.close() });
  return created;
}

const idOf = async (data: number): Promise<string> => {
  const result = await worker.emitToRoom(room, 'step', data);
  if (result.status !== 'published' || result.id === undefined) throw new Error(result.status);
  return result.id;
};

describe('The history of a room', () => {
  it('comes in pages, oldest first, and ends', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push(await idOf(index));
    const all = ids.map((id, data) => ({ id, event: 'step', data }));
    const first = await worker.history(room, { limit: 2 });
    expect(first).toEqual({ events: all.slice(0, 2), position: ids[1], hasMore: true });
    const second = await worker.history(room, { limit: 2, after: first.position });
    expect(second).toEqual({ events: all.slice(2, 4), position: ids[3], hasMore: true });
    const third = await worker.history(room, { limit: 2, after: second.position });
    expect(third).toEqual({ events: all.slice(4), position: ids[4], hasMore: false });
    expect(await worker.history(room, { after: third.position })).toEqual({
      events: [],
      position: ids[4],
      hasMore: false,
    });
    expect((await worker.history(room)).events).toEqual(all);
  });

  it('has 100 events to a page unless it is told otherwise', async () => {
    await Promise.all(Array.from({ length: 150 }, (_, index) => worker.emitToRoom(room, 'step', index)));
    expect((await worker.history(room)).events).toHaveLength(100);
    expect((await worker.history(room, { limit: 1000 })).events).toHaveLength(150);
  });

  it('has neither live events nor latest values', async () => {
    await worker.emitToRoom(room, 'progress', 1, { delivery: 'latest' });
    await worker.emitToRoom(room, 'cursor', 1, { delivery: 'live' });
    expect(await worker.history(room)).toMatchObject({ events: [], hasMore: false });
  });

  it('says what it could not read, and goes on', async () => {
    const first = await idOf(1);
    const tail = await plain.hget(`{${PREFIX}#/#${room}}:1tail`, 't');
    // As a program might write that does not know what data has to hold.
    for (const data of ['no JSON', '5,6', '"a",1,2', '']) {
      await plain.xadd(`{${PREFIX}#/#${room}}:1log`, '*', 'p', tail ?? '', 'n', 'emitter11.salt', 'd', data);
    }
    const last = await idOf(2);
    const { events, gap } = await worker.history(room);
    expect(events).toEqual([
      { id: first, event: 'step', data: 1 },
      { id: last, event: 'step', data: 2 },
    ]);
    expect(gap).toBe('unreadable');
  });

  it('says that events are missing which are no longer kept', async () => {
    const first = await idOf(1);
    await idOf(2);
    await idOf(3);
    await plain.xtrim(`{${PREFIX}#/#${room}}:1log`, 'MAXLEN', 1);
    const { events, gap } = await worker.history(room, { after: first });
    expect(events).toMatchObject([{ data: 3 }]);
    expect(gap).toBe('trimmed');
  });

  it.each<[string, unknown]>([
    ['limit', { limit: 0 }],
    ['limit', { limit: 1001 }],
    ['limit', { limit: 1.5 }],
    ['limit', { limit: '5' }],
    ['after', { after: 'yesterday' }],
    ['after', { after: 5 }],
    [
      'throw',
      {
        get after() {
          throw new Error('no');
        },
      },
    ],
  ])('refuses options and names %s', async (name, options) => {
    const error: unknown = await worker.history(room, options as never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
    expect(String(error)).toContain(name);
  });

  it('is not told of a room that is none, nor of the control room', async () => {
    for (const name of ['', '\u0001control']) {
      await expect(worker.history(name)).rejects.toMatchObject({ code: 'INVALID_ROOM' });
    }
  });
});

describe('Whether a user is online', () => {
  it('is whether a server follows the own room', async () => {
    const server = connect(perTest);
    expect(await worker.isUserOnline('bob')).toBe(false);
    await server.subscribe(`{${PREFIX}#/#user:bob}@0`);
    expect(await worker.isUserOnline('bob')).toBe(true);
    expect(await worker.isUserOnline('bo')).toBe(false);
    await server.unsubscribe();
    expect(await worker.isUserOnline('bob')).toBe(false);
    await expect(worker.isUserOnline('')).rejects.toMatchObject({ code: 'INVALID_USER' });
  });
});

describe('Commands', () => {
  const newest = async (): Promise<unknown> => {
    const [entry] = await plain.xrevrange(CONTROL_LOG, '+', '-', 'COUNT', 1);
    return parseCommand(entry?.[1][5] ?? null)?.command;
  };

  it('are in the control room of the namespace, with where the room was before', async () => {
    const before = await idOf(1);
    await worker.joinRoom({ userId: 'ada' }, room);
    expect(await newest()).toEqual({ type: 'join', members: 'user:ada', room, position: before });
    await worker.leaveRoom({ socketId: 'x' }, room);
    expect(await newest()).toEqual({ type: 'leave', members: 'x', room });
    await worker.disconnectUser('ada', 'the account was closed');
    expect(await newest()).toEqual({
      type: 'disconnect',
      members: 'user:ada',
      reason: 'the account was closed',
    });
  });

  it('say where a room is that nobody used before: what comes first in it is not missed', async () => {
    await worker.joinRoom({ userId: 'ada' }, room);
    const { position } = (await newest()) as { position: string };
    await idOf(1);
    const entries = await plain.xrange(`{${PREFIX}#/#${room}}:1log`, '-', '+');
    expect(entries.map(([, fields]) => fields[1])).toEqual([position]);
  });

  it('reach whoever follows the control room, in their order', async () => {
    const server = connect(perTest);
    const heard: string[] = [];
    server.on('message', (_, message: string) => heard.push(message));
    await server.subscribe(`{${PREFIX}#/#\u0001control}@0`);
    await Promise.all([
      worker.joinRoom({ userId: 'ada' }, 'a'),
      worker.leaveRoom({ userId: 'ada' }, 'a'),
      worker.disconnectUser('ada'),
    ]);
    await waitFor('the commands', () => heard.length === 3);
    const types = heard.map((message) => parseCommand(message.split('\n')[3] ?? '')?.command.type);
    expect(types).toEqual(['join', 'leave', 'disconnect']);
  });
});

describe('Without an answer of Redis', () => {
  it('questions reject, and commands are queued and appended later', async () => {
    const own = perTest.add(await RedisProcess.start());
    const other = createWorker(own.url, perTest);
    await other.emitToUser('ada', 'e', 1);
    await own.kill();
    await waitFor(
      'the worker to notice',
      async () => (await other.emitToUser('ada', 'e', 1)).status === 'queued',
    );
    await expect(other.history('a')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await expect(other.isUserOnline('a')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    await other.disconnectUser('ada');
    await own.restart();
    const client = new Redis(own.url);
    perTest.add({
      stop: () => {
        client.disconnect();
        return Promise.resolve();
      },
    });
    await waitFor('the command', async () => (await client.xlen(CONTROL_LOG)) === 1);
  });

  it('everything rejects where none is configured', async () => {
    const none = createWorker('', perTest);
    const code = 'REDIS_NOT_CONFIGURED';
    await expect(none.history('a')).rejects.toMatchObject({ code });
    await expect(none.isUserOnline('a')).rejects.toMatchObject({ code });
    await expect(none.joinRoom({ userId: 'a' }, 'a')).rejects.toMatchObject({ code });
    await expect(none.disconnectUser('a')).rejects.toMatchObject({ code });
    for (const delivery of ['durable', 'latest', 'live'] as const) {
      expect(await none.emitToUser('a', 'e', 1, { delivery })).toMatchObject({
        status: 'failed',
        error: { code },
      });
    }
  });
});
