import { Emitter } from '@socket.io/redis-emitter';
import { Redis } from 'ioredis';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import type { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

/** The official emitter, as its own documentation says to use it. */
let emitter: Emitter;
let server: GatewayApp;
let ann: TestClient;
let bob: TestClient;
const resources = new Resources();

beforeAll(async () => {
  const { url } = resources.add(await startRedisServer());
  const prefix = uniquePrefix();
  const gateway = SocketGatewayModule.forRoot({ redis: url, prefix, auth: AUTH });
  server = resources.add(await startGatewayApp({ gateway }));
  const redis = new Redis(url);
  resources.add({ stop: () => redis.disconnect() });
  emitter = new Emitter(redis, { key: prefix });
  ann = await server.connect('ann');
  bob = await server.connect('bob');
  await waitFor('the server to hear the emitter', () => {
    emitter.emit('probe', 1);
    return ann.payloads('probe').length > 0 && bob.payloads('probe').length > 0;
  });
});

afterAll(() => resources.stop());

/** What was emitted before this has arrived, or will not. */
async function settled(): Promise<void> {
  const mark = `settled-${Math.random()}`;
  emitter.emit(mark);
  await Promise.all([ann.received(mark), bob.received(mark)]);
}

describe('the official @socket.io/redis-emitter on the same prefix', () => {
  it('reaches a user in the room of the user', async () => {
    const payload = {
      text: 'Grüße 🎉',
      numbers: [0, -1, 1.5, 2 ** 40, -(2 ** 31)],
      nothing: null,
      deep: { a: [{}] },
    };
    emitter.to('user:ann').emit('hello', payload, 'second');
    await settled();
    expect(ann.events.filter(({ name }) => name === 'hello')).toEqual([
      { name: 'hello', args: [payload, 'second'] },
    ]);
    expect(bob.payloads('hello')).toEqual([]);
  });

  it('reaches everybody but a room', async () => {
    emitter.except('user:ann').emit('not-ann', 1);
    await settled();
    expect(ann.payloads('not-ann')).toEqual([]);
    expect(bob.payloads('not-ann')).toEqual([1]);
  });

  it('puts the sockets of a user into a room, and takes them out', async () => {
    emitter.in('user:bob').socketsJoin('orders');
    emitter.to('orders').emit('order', 1);
    await settled();
    await server.gateway.emitToRoom('orders', 'order', 2, { delivery: 'live' });
    emitter.in('user:bob').socketsLeave('orders');
    emitter.to('orders').emit('order', 3);
    await settled();
    expect(bob.payloads('order')).toEqual([1, 2]);
    expect(ann.payloads('order')).toEqual([]);
  });

  it('brings bytes as bytes', async () => {
    emitter.to('user:ann').emit('bytes', Buffer.from([1, 2, 255]));
    await settled();
    expect(Buffer.from(ann.payloads('bytes')[0] as Buffer)).toEqual(Buffer.from([1, 2, 255]));
  });

  it('disconnects a user', async () => {
    const eve = await server.connect('eve');
    emitter.in('user:eve').disconnectSockets(true);
    await waitFor('eve to be disconnected', () => eve.disconnectCount === 1);
    await settled();
  });
});
