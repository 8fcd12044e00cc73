import { Redis } from 'ioredis';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { RoomKeys } from '../../../../src/room-log/index.js';
import { connectWith, joinedIn, readyOf, startDurableServer } from '../../../support/durable-server.js';
import type { GatewayApp } from '../../../support/gateway-app.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { TcpProxy } from '../../../support/tcp-proxy.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

let redis: RedisProcess;
let raw: Redis;
let prefix: string;
let worker: WorkerEmitter;
let server: GatewayApp;

beforeEach(async () => {
  redis = await RedisProcess.start();
  raw = new Redis(redis.url);
  raw.on('error', () => undefined);
  prefix = uniquePrefix();
  worker = createWorkerEmitter({ redis: redis.url, prefix, emitTimeoutMs: 1000 });
  server = await startDurableServer(redis.url, prefix, { emitTimeoutMs: 1000 });
});
afterEach(async () => {
  await server.stop();
  await worker.close();
  raw.disconnect();
  await redis.stop();
});

async function emit(from: number, to: number): Promise<void> {
  await Promise.all(numbers(from, to).map((number) => worker.emitToUser('ann', 'number', number)));
}

/** The connections of the server that only listen. */
async function listeners(): Promise<string[]> {
  const list = (await raw.client('LIST')) as string;
  return list.split('\n').flatMap((line) => {
    if (!line.includes('name=socket-gateway:subscribe')) return [];
    return [/^id=(\d+)/.exec(line)?.[1] ?? ''];
  });
}

it('a lost subscription is not noticed by those who are connected', async () => {
  const client = await connectWith(server, 'ann');
  for (let round = 0; round < 5; round++) {
    for (const id of await listeners()) await raw.client('KILL', 'ID', id);
    await emit(round * 20 + 1, round * 20 + 20);
  }
  expect(await client.received('number', 100)).toEqual(numbers(1, 100));
  expect(client.payloads('gateway:gap')).toEqual([]);
  expect(client.disconnectCount).toBe(0);
});

it('what is emitted while Redis is paused arrives when it goes on', async () => {
  const client = await connectWith(server, 'ann');
  redis.pause();
  const emitted = numbers(1, 50).map((number) => worker.emitToUser('ann', 'number', number));
  expect(new Set((await Promise.all(emitted)).map(({ status }) => status))).toEqual(new Set(['queued']));
  redis.resume();
  expect(await client.received('number', 50, 15_000)).toEqual(numbers(1, 50));
  expect(client.payloads('gateway:gap')).toEqual([]);
});

it('a message that was not heard is read from the log when the next one shows that it is missing', async () => {
  const client = await connectWith(server, 'ann');
  await emit(1, 2);
  await client.received('number', 2);
  // The channel stays unheard, as on a moved slot: an entry that chains on, and no message.
  const keys = new RoomKeys({ prefix, namespace: '/', database: 0 });
  const room = 'user:ann';
  const tail = (await raw.hget(keys.tail(room), 't')) as string;
  const id = await raw.xadd(keys.log(room), '*', 'p', tail, 'n', 'ABCDEFGH1.abcd1234', 'd', '"number",3');
  await raw.hset(keys.tail(room), 't', `${String(id)}.ABCDEFGH1.abcd1234`);
  await emit(4, 4);
  expect(await client.received('number', 4)).toEqual(numbers(1, 4));
});

it('a client that connects while Redis is away is told that its rooms are pending, and later where it is', async () => {
  await redis.kill();
  const client = await connectWith(server, 'ann');
  expect(readyOf(client).rooms).toEqual([
    { room: 'user:ann', ok: true, position: null, recovered: null, replayed: 0, pending: true },
  ]);
  const emitted = worker.emitToUser('ann', 'number', 1);
  await redis.restart();
  await emitted;
  const [room] = await client.received('gateway:room', 1, 15_000);
  expect(room).toMatchObject({ room: 'user:ann', ok: true, position: expect.any(String) as string });
  await worker.emitToUser('ann', 'number', 2);
  await waitFor('the second', () => client.payloads('number').includes(2));
});

it('a key of a wrong type makes its room unreadable, announces it, and touches no other', async () => {
  const keys = new RoomKeys({ prefix, namespace: '/', database: 0 });
  const [ann, bob] = [await connectWith(server, 'ann'), await connectWith(server, 'bob')];
  await emit(1, 1);
  await ann.received('number');
  await raw.set(keys.log('user:ann'), 'not a stream');
  const refused = await worker.emitToUser('ann', 'number', 2);
  expect(refused).toMatchObject({ status: 'failed', error: { code: 'REDIS_REFUSED' } });
  await worker.emitToUser('bob', 'number', 1);
  expect(await bob.received('number')).toEqual([1]);
  await raw.del(keys.log('user:ann'));
  await worker.emitToUser('ann', 'number', 3);
  await waitFor('the next event', () => ann.payloads('number').includes(3));
});

it('a command about a user reaches a server that was cut off from Redis when it was given', async () => {
  const proxy = await TcpProxy.start(redis.port);
  const other = await startDurableServer(proxy.url, prefix, { emitTimeoutMs: 500 });
  try {
    const client = await connectWith(other, 'ann');
    expect(joinedIn(client, 'user:ann').position).toEqual(expect.any(String));
    proxy.swallow({ newLinks: true });
    await worker.disconnectUser('ann');
    await worker.joinRoom({ userId: 'bob' }, 'lobby');
    proxy.heal();
    await waitFor('the connection to be closed', () => client.disconnectCount > 0, 30_000);
  } finally {
    await other.stop();
    await proxy.stop();
  }
});

it('who prefers it shows durable events to local sockets while Redis is away, and keeps none of them', async () => {
  const eager = await startDurableServer(redis.url, prefix, {
    emitTimeoutMs: 500,
    durableWhileAway: 'live',
  });
  try {
    const client = await connectWith(eager, 'ann');
    expect(await eager.gateway.emitToUser('ann', 'number', 1)).toMatchObject({ status: 'published' });
    // What is in the log when Redis goes, and was not heard, comes when it is back.
    await client.received('number');
    await redis.kill();
    await waitFor('the server to notice', async () => {
      const { status } = await eager.gateway.emitToUser('ann', 'notice', 'Redis is away');
      return status === 'failed';
    });
    expect(await eager.gateway.emitToUser('ann', 'number', 2)).toMatchObject({
      status: 'failed',
      error: { code: 'REDIS_UNAVAILABLE' },
    });
    expect(await client.received('number', 2)).toEqual([1, 2]);
    expect(client.events.at(-1)?.args).toEqual([2]);
    await redis.restart();
    await waitFor('the log to be back', async () => {
      const { status } = await eager.gateway.emitToUser('ann', 'number', 3);
      return status === 'published';
    });
    const { events } = await eager.gateway.history('user:ann');
    expect(events.map(({ data }) => data)).not.toContain(2);
  } finally {
    await eager.stop();
  }
});
