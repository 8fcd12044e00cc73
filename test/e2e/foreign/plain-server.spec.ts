import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { Server } from 'socket.io';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const PAYLOADS = [
  null,
  true,
  '',
  'Grüße 🎉',
  0,
  -1,
  1.5,
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  2 ** 70,
  [],
  {},
  [[], [{}]],
  { a: { b: [1, 'two', null] }, 'with space': 'x'.repeat(70_000 / 2) },
];

const PUBLISHED = { status: 'published' };

const resources = new Resources();
let ours: GatewayApp;
let worker: WorkerEmitter;
/** Another team's server: Socket.IO with the official adapter, and nothing of this library. */
let theirs: Server;
let ann: TestClient;
let zoe: TestClient;

beforeAll(async () => {
  const { url } = resources.add(await startRedisServer());
  const prefix = uniquePrefix();
  const gateway = SocketGatewayModule.forRoot({ redis: url, prefix, auth: AUTH, delivery: 'live' });
  ours = resources.add(await startGatewayApp({ gateway }));
  const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
  worker = createWorkerEmitter({ redis: url, prefix, namespace: '/', delivery: 'live', logger: silent });
  resources.add({ stop: () => worker.close() });

  const [publisher, subscriber] = [new Redis(url), new Redis(url)];
  resources.add({ stop: () => [publisher, subscriber].forEach((redis) => redis.disconnect()) });
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  theirs = new Server(http, { adapter: createAdapter(publisher, subscriber, { key: prefix }) });
  resources.add({ stop: () => theirs.close() });
  theirs.on('connection', (socket) => {
    void socket.join(`user:${String(socket.handshake.auth['user'])}`);
    socket.emit('welcome');
  });

  ann = await ours.connect('ann');
  const { port } = http.address() as AddressInfo;
  zoe = resources.add(new TestClient(`http://127.0.0.1:${port}`, { auth: { user: 'zoe' } }));
  await zoe.received('welcome');
  await waitFor('the servers to hear each other', async () => {
    theirs.emit('probe');
    await ours.gateway.broadcast('probe', null);
    return ann.payloads('probe').length > 1 && zoe.payloads('probe').length > 1;
  });
});

afterAll(() => resources.stop());

describe('another server with the official @socket.io/redis-adapter on the same prefix', () => {
  it('brings its users what our servers and workers emit, unchanged', async () => {
    for (const payload of PAYLOADS) {
      expect(await worker.emitToUser('zoe', 'from-worker', payload)).toEqual(PUBLISHED);
      expect(await ours.gateway.emitToUser('zoe', 'from-server', payload)).toEqual(PUBLISHED);
    }
    expect(await zoe.received('from-worker', PAYLOADS.length)).toEqual(PAYLOADS);
    expect(await zoe.received('from-server', PAYLOADS.length)).toEqual(PAYLOADS);
    expect(ann.payloads('from-worker')).toEqual([]);
  });

  it('reaches our users with what it emits, unchanged', async () => {
    // Its encoder is the one that changes numbers from 2^64 on.
    const payloads = PAYLOADS.filter((payload) => payload !== 2 ** 70);
    for (const payload of payloads) theirs.to('user:ann').emit('from-theirs', payload);
    expect(await ann.received('from-theirs', payloads.length)).toEqual(payloads);
    expect(zoe.payloads('from-theirs')).toEqual([]);
  });

  it('reaches, and is reached by, what is meant for everybody', async () => {
    theirs.emit('to-all', 1);
    expect(await ann.received('to-all')).toEqual([1]);
    await worker.broadcast('to-all', 2);
    expect(await ann.received('to-all', 2)).toEqual([1, 2]);
    expect(await zoe.received('to-all', 2)).toEqual([1, 2]);
  });

  it('leaves out whom our emits except, and the other way round', async () => {
    await ours.gateway.broadcast('but-zoe', 1, { except: 'user:zoe' });
    theirs.except('user:ann').emit('but-ann', 1);
    await ours.gateway.broadcast('end', 1);
    theirs.emit('end', 2);
    await Promise.all([ann.received('end', 2), zoe.received('end', 2)]);
    expect([ann.payloads('but-zoe'), zoe.payloads('but-zoe')]).toEqual([[1], []]);
    expect([ann.payloads('but-ann'), zoe.payloads('but-ann')]).toEqual([[], [1]]);
  });

  it('puts our sockets into rooms, and takes them out', async () => {
    theirs.in('user:ann').socketsJoin('theirs');
    theirs.to('theirs').emit('in-theirs', 1);
    expect(await ann.received('in-theirs')).toEqual([1]);
    theirs.in('user:ann').socketsLeave('theirs');
    theirs.to('theirs').emit('in-theirs', 2);
    theirs.to('user:ann').emit('after', 1);
    await ann.received('after');
    expect(ann.payloads('in-theirs')).toEqual([1]);
  });

  it('has its sockets put into rooms by our processes, and taken out', async () => {
    for (const userId of ['ann', 'zoe']) await worker.joinRoom({ userId }, 'ours');
    await worker.emitToRoom('ours', 'in-ours', 1);
    expect(await Promise.all([ann.received('in-ours'), zoe.received('in-ours')])).toEqual([[1], [1]]);
    await ours.gateway.leaveRoom({ userId: 'zoe' }, 'ours');
    await ours.gateway.emitToRoom('ours', 'in-ours', 2);
    expect(await ann.received('in-ours', 2)).toEqual([1, 2]);
    await ours.gateway.emitToUser('zoe', 'after', 1);
    await zoe.received('after');
    expect(zoe.payloads('in-ours')).toEqual([1]);
  });

  it('sees our sockets, and asks all servers something at once', async () => {
    const sockets = await theirs.fetchSockets();
    expect(sockets.map(({ id }) => id).sort()).toEqual([ann.socket.id, zoe.socket.id].sort());
    const [answers] = await Promise.all([
      theirs.timeout(5000).to('user:ann').emitWithAck('question', 1) as Promise<unknown[]>,
      answer(ann, 'question', 'the answer'),
    ]);
    expect(answers).toEqual(['the answer']);
  });

  it('disconnects our users, and has its own disconnected by ours', async () => {
    await worker.disconnectUser('zoe');
    await waitFor('zoe to be disconnected', () => zoe.disconnectCount === 1);
    expect(ann.disconnectCount).toBe(0);
    theirs.in('user:ann').disconnectSockets(true);
    await waitFor('ann to be disconnected', () => ann.disconnectCount === 1);
  });
});

function answer({ socket }: TestClient, event: string, reply: unknown): Promise<void> {
  return new Promise((resolve) => {
    socket.once(event, (_: unknown, acknowledge: (reply: unknown) => void) => {
      acknowledge(reply);
      resolve();
    });
  });
}
