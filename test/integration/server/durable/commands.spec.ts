import { setTimeout as delay } from 'node:timers/promises';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
import { connectWith, startDurableServer } from '../../../support/durable-server.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { Resources } from '../../../support/resources.js';
import { TcpProxy } from '../../../support/tcp-proxy.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

const resources = new Resources();
afterAll(() => resources.stop());

it('commands of several processes end alike on all servers, in the order in which they were given', async () => {
  const redis = resources.add(await RedisProcess.start());
  const prefix = uniquePrefix();
  const one = resources.add(await startDurableServer(redis.url, prefix));
  const other = resources.add(await startDurableServer(redis.url, prefix));
  const worker = createWorkerEmitter({ redis: redis.url, prefix });
  resources.add({ stop: () => worker.close() });
  const clients = [await connectWith(one, 'bob'), await connectWith(other, 'bob')];
  const isIn = (server: typeof one, id: string | undefined): boolean =>
    server.app.get(RedisIoAdapter).namespace?.adapter.rooms.get('hall')?.has(String(id)) ?? false;

  for (let round = 0; round < 60; round++) {
    await worker.joinRoom({ userId: 'bob' }, 'hall');
    // Which of the two is first is decided in Redis; the server carries its own out before it knows.
    const leaving = worker.leaveRoom({ userId: 'bob' }, 'hall');
    if (round % 3 > 0) await delay(round % 3);
    await Promise.all([leaving, one.gateway.joinRoom({ userId: 'bob' }, 'hall')]);
    await worker.emitToUser('bob', 'round', round);
    for (const client of clients) await client.received('round', round + 1);
    const isAlike = (): boolean => isIn(one, clients[0]?.socket.id) === isIn(other, clients[1]?.socket.id);
    // Events of other rooms may come before a command does: what they agree on in the end counts.
    await waitFor('both servers to agree', isAlike);
  }
});

it('commands that were given before a server had reached Redis are carried out on who was there by then', async () => {
  const redis = resources.add(await RedisProcess.start());
  const proxy = resources.add(await TcpProxy.start(redis.port));
  const prefix = uniquePrefix();
  const worker = createWorkerEmitter({ redis: redis.url, prefix });
  resources.add({ stop: () => worker.close() });
  // Given before anybody is here: it is about nobody.
  await worker.disconnectUser('eve');
  await delay(50);

  proxy.swallow({ newLinks: true });
  const server = resources.add(await startDurableServer(proxy.url, prefix, { emitTimeoutMs: 500 }));
  const [ann, bob, eve] = await Promise.all(['ann', 'bob', 'eve'].map((user) => connectWith(server, user)));
  await delay(50);
  await worker.joinRoom({ userId: 'bob' }, 'hall');
  await worker.joinRoom({ userId: 'bob' }, 'lobby');
  await worker.leaveRoom({ userId: 'bob' }, 'lobby');
  await worker.revokeUser('ann');
  await worker.joinRoom({ userId: 'cat' }, 'hall');
  await delay(50);
  const cat = await connectWith(server, 'cat');
  expect([ann?.disconnectCount, bob?.disconnectCount]).toEqual([0, 0]);

  proxy.heal();
  await waitFor('the user to be disconnected', () => ann?.disconnectCount === 1, 15_000);
  expect(ann?.payloads('gateway:disconnecting')).toEqual([{ code: 'DISCONNECTED' }]);
  const roomsOf = (id = ''): string[] => [
    ...(server.app.get(RedisIoAdapter).namespace?.adapter.socketRooms(id) ?? []),
  ];
  await waitFor('the other to be in the hall', () => roomsOf(bob?.socket.id).includes('hall'));
  expect(roomsOf(bob?.socket.id)).not.toContain('lobby');
  expect(roomsOf(cat.socket.id)).not.toContain('hall');
  expect([bob, eve, cat].map((client) => client?.disconnectCount)).toEqual([0, 0, 0]);
  await worker.emitToRoom('hall', 'number', 1);
  expect(await bob?.received('number')).toEqual([1]);
}, 60_000);

it('a room that another server puts a socket into is followed too', async () => {
  const redis = resources.add(await RedisProcess.start());
  const prefix = uniquePrefix();
  const one = resources.add(await startDurableServer(redis.url, prefix));
  const other = resources.add(await startDurableServer(redis.url, prefix));
  const client = await connectWith(one, 'ann');
  other.app.get(RedisIoAdapter).namespace?.in('user:ann').socketsJoin('hall');
  await waitFor('the socket to be in the room', async () => {
    await other.gateway.emitToRoom('hall', 'knock', 0);
    return client.payloads('knock').length > 0;
  });
  expect(await other.gateway.emitToRoom('hall', 'number', 1)).toMatchObject({
    status: 'published',
    servers: 1,
  });
  expect(await client.received('number')).toEqual([1]);
});
