import { GatewayError, SocketEmitter } from 'nestjs-socket-gateway/contract';
import { RecordingEmitter } from 'nestjs-socket-gateway/testing';

let emitter: RecordingEmitter;

beforeEach(() => {
  emitter = new RecordingEmitter({ delivery: 'live' });
});

it('is a SocketEmitter, so that it can be provided for one', () => {
  expect(emitter).toBeInstanceOf(SocketEmitter);
});

const live = { delivery: 'live', except: [] };
const durable = { delivery: 'durable', except: [] };

it('keeps what was emitted, in its order, as receivers would get it', async () => {
  await emitter.emitToUser(7, 'import:done', { at: new Date(0), rows: 3, left: undefined });
  await emitter.emitToRoom('cafe\u0301', 'news', undefined, { except: 'user:7' });
  await emitter.emitToUsers(['ada', 'bob'], 'hello', 1);
  await emitter.broadcast('maintenance', 'soon');
  expect(emitter.emits).toEqual([
    { ...live, room: 'user:7', event: 'import:done', data: { at: '1970-01-01T00:00:00.000Z', rows: 3 } },
    { ...live, room: 'caf\u00e9', except: ['user:7'], event: 'news', data: null },
    { ...live, room: 'user:ada', event: 'hello', data: 1 },
    { ...live, room: 'user:bob', event: 'hello', data: 1 },
    { ...live, room: null, event: 'maintenance', data: 'soon' },
  ]);
  expect(emitter.emitsToUser('ada')).toHaveLength(1);
  expect(emitter.emitsToRoom('cafe\u0301')).toHaveLength(1);
});

it('does not change with the object that was emitted', async () => {
  const progress = { done: 1 };
  await emitter.emitToUser('ada', 'progress', progress);
  progress.done = 2;
  expect(emitter.emits[0]?.data).toEqual({ done: 1 });
});

it('refuses what the real emitters refuse, and keeps nothing of it', async () => {
  const results = [
    await emitter.emitToUser('', 'hello', 1),
    await emitter.emitToRoom('a\u0000', 'hello', 1),
    await emitter.emitToUser('ada', 'gateway:ready', 1),
    await emitter.emitToUser('ada', 'hello', new Map()),
    await emitter.emitToUser('ada', 'hello', 'x'.repeat(70_000)),
    ...(await emitter.emitToUsers([], 'hello', 1)),
  ];
  const codes = results.map((result) => (result.status === 'failed' ? result.error.code : result.status));
  expect(codes).toEqual([
    'INVALID_USER',
    'INVALID_ROOM',
    'INVALID_EVENT',
    'INVALID_EVENT',
    'PAYLOAD_TOO_LARGE',
    'INVALID_USER',
  ]);
  expect(emitter.emits).toEqual([]);
});

it('fails as told, until it is told otherwise', async () => {
  const error = new GatewayError('REDIS_UNAVAILABLE', 'Redis is away.');
  emitter.failWith(error);
  expect(await emitter.emitToUser('ada', 'hello', 1)).toEqual({ status: 'failed', error });
  await expect(emitter.joinRoom({ userId: 'ada' }, 'news')).rejects.toBe(error);
  emitter.failWith(undefined);
  expect(await emitter.emitToUser('ada', 'hello', 1)).toEqual({ status: 'published' });
  await emitter.joinRoom({ userId: 'ada' }, 'news');
  expect(emitter.emits).toHaveLength(1);
  emitter.clear();
  expect(emitter.emits).toEqual([]);
});

it('keeps how it was emitted, and says duplicate as the real ones do', async () => {
  emitter = new RecordingEmitter({ delivery: 'durable' });
  const results = await Promise.all([
    emitter.emitToUser('ada', 'progress', 80, { delivery: 'latest', key: 'job 7' }),
    emitter.emitToUser('ada', 'done', 1, { dedupeKey: 'job 7', clears: 'job 7' }),
    emitter.emitToUser('ada', 'done', 2, { dedupeKey: 'job 7' }),
    emitter.emitToUser('ada', 'cursor', 1, { delivery: 'live', except: 'x' }),
    emitter.emitToRoom('news', 'new', 1),
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    'published',
    'published',
    'duplicate',
    'published',
    'published',
  ]);
  expect(emitter.emits).toEqual([
    { room: 'user:ada', delivery: 'latest', except: [], event: 'progress', data: 80, key: 'job 7' },
    { ...durable, room: 'user:ada', event: 'done', data: 1, dedupeKey: 'job 7', clears: 'job 7' },
    { ...live, room: 'user:ada', except: ['x'], event: 'cursor', data: 1 },
    { ...durable, room: 'news', event: 'new', data: 1 },
  ]);
  const refused = await emitter.emitToUser('ada', 'done', 1, { except: 'x' });
  expect(refused).toMatchObject({ status: 'failed', error: { code: 'INVALID_OPTIONS' } });
});

it('answers history from the durable emits of the room', async () => {
  const [first, second] = [
    await emitter.emitToUser('ada', 'a', { n: 1 }, { delivery: 'durable' }),
    await emitter.emitToUser('ada', 'b', 2, { delivery: 'durable' }),
  ] as [{ id: string }, { id: string }];
  await emitter.emitToUser('ada', 'c', 3);
  expect(await emitter.history('user:ada')).toEqual({
    events: [
      { id: first.id, event: 'a', data: { n: 1 } },
      { id: second.id, event: 'b', data: 2 },
    ],
    position: second.id,
    hasMore: false,
  });
  const page = await emitter.history('user:ada', { limit: 1 });
  expect(page).toMatchObject({ position: first.id, hasMore: true });
  await expect(emitter.history('user:ada', { limit: 0 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  expect((await emitter.history('nobody')).events).toEqual([]);
});

it('says who is online as it was told', async () => {
  expect(await emitter.isUserOnline(7)).toBe(false);
  emitter.setOnline(7);
  expect(await emitter.isUserOnline('7')).toBe(true);
  emitter.setOnline('7', false);
  expect(await emitter.isUserOnline(7)).toBe(false);
});

it('keeps commands, and those that fail not', async () => {
  await emitter.joinRoom({ userId: 'ada' }, 'news');
  await emitter.leaveRoom({ socketId: 'x' }, 'news');
  await emitter.disconnectUser('ada', 'has left');
  await emitter.revokeUser('ada');
  await expect(emitter.joinRoom({ userId: '' }, 'news')).rejects.toMatchObject({ code: 'INVALID_USER' });
  emitter.failWith(new GatewayError('REDIS_UNAVAILABLE', 'Redis is away.'));
  await expect(emitter.disconnectUser('ada')).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' });
  expect(emitter.commands).toEqual([
    { type: 'join', members: 'user:ada', room: 'news' },
    { type: 'leave', members: 'x', room: 'news' },
    { type: 'disconnect', members: 'user:ada', reason: 'has left' },
    { type: 'revoke', members: 'user:ada' },
  ]);
  emitter.clear();
  expect(emitter.commands).toEqual([]);
});

it('fails its questions too as told', async () => {
  const error = new GatewayError('REDIS_UNAVAILABLE', 'Redis is away.');
  emitter.failWith(error);
  await expect(emitter.history('a')).rejects.toBe(error);
  await expect(emitter.isUserOnline('a')).rejects.toBe(error);
  expect(await emitter.emitToUser('a', 'e', 1, { delivery: 'durable' })).toEqual({ status: 'failed', error });
});

it('acknowledges for users who are online, and hands the rest to onUndelivered when it is told to', async () => {
  const durableEmitter = new RecordingEmitter();
  durableEmitter.setOnline('ada');
  const options = { confirm: { withinMs: 100 }, fallback: { afterMs: 60_000 } };
  const results = await durableEmitter.emitToUsers(['ada', 'bob'], 'hello', { n: 1 }, options);
  expect(results).toMatchObject([{ delivered: true }, { delivered: false }]);
  expect(durableEmitter.emits[0]).toMatchObject(options);
  const handled: unknown[] = [];
  const stop = durableEmitter.onUndelivered((event) => void handled.push(event));
  await durableEmitter.handOverUndelivered();
  await durableEmitter.handOverUndelivered();
  expect(handled).toEqual([
    {
      userId: 'bob',
      event: 'hello',
      data: { n: 1 },
      id: (results[1] as { id: string }).id,
      room: 'user:bob',
      emittedAt: expect.any(Number) as number,
      attempt: 1,
    },
  ]);
  await stop();
  await durableEmitter.emitToUser('bob', 'hello', 2, options);
  await durableEmitter.handOverUndelivered();
  expect(handled).toHaveLength(1);
});

it('refuses what onUndelivered cannot be given', () => {
  expect(() => emitter.onUndelivered('no function' as never)).toThrow(/must be a function/);
  expect(() => emitter.onUndelivered(() => undefined, { attempts: 0 })).toThrow(/attempts: must be a whole/);
});
