import { GatewayError, SocketEmitter } from 'nestjs-socket-gateway/contract';
import { RecordingEmitter } from 'nestjs-socket-gateway/testing';
import type { AnyEvents } from '../../support/any-events.js';

let emitter: RecordingEmitter<AnyEvents>;

beforeEach(() => {
  emitter = new RecordingEmitter();
});

it('is a SocketEmitter, so that it can be provided for one', () => {
  expect(emitter).toBeInstanceOf(SocketEmitter);
});

it('keeps what was emitted, in its order, as receivers would get it', async () => {
  await emitter.emitToUser(7, 'import:done', { at: new Date(0), rows: 3, left: undefined });
  await emitter.emitToRoom('cafe\u0301', 'news', undefined, { except: 'user:7' });
  await emitter.emitToUsers(['ada', 'bob'], 'hello', 1);
  await emitter.broadcast('maintenance', 'soon');
  expect(emitter.emits).toEqual([
    { room: 'user:7', except: [], event: 'import:done', data: { at: '1970-01-01T00:00:00.000Z', rows: 3 } },
    { room: 'caf\u00e9', except: ['user:7'], event: 'news', data: null },
    { room: 'user:ada', except: [], event: 'hello', data: 1 },
    { room: 'user:bob', except: [], event: 'hello', data: 1 },
    { room: null, except: [], event: 'maintenance', data: 'soon' },
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
