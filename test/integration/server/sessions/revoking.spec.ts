import {
  getSocketUser,
  RedisIoAdapter,
  type AuthenticatedUser,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { CONTROL_ROOM } from '../../../../src/publishing/index.js';
import { RoomKeys } from '../../../../src/room-log/index.js';
import { Redis } from 'ioredis';
import { startDurableServer } from '../../../support/durable-server.js';
import { AUTH, type GatewayApp } from '../../../support/gateway-app.js';
import { TestClient } from '../../../support/connect-client.js';
import { RecordedMetrics } from '../../../support/recorded-metrics.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { signToken } from '../../../support/sign-token.js';
import { TcpProxy } from '../../../support/tcp-proxy.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

/** What the application has revoked: tokens by their `jti`. */
const revoked = new Set<unknown>();

/** Undefined: the application's store works; otherwise what it does. */
let store: (() => never | Promise<never>) | undefined;

const isRevoked = async ({ claims }: AuthenticatedUser): Promise<boolean> => {
  await store?.();
  return revoked.has(claims['jti']);
};

let redis: RedisProcess;
let prefix: string;
let worker: WorkerEmitter;
let metrics: RecordedMetrics;
const servers: GatewayApp[] = [];

beforeAll(async () => {
  redis = await RedisProcess.start();
});
afterAll(() => redis.stop());
beforeEach(() => {
  revoked.clear();
  store = undefined;
  prefix = uniquePrefix();
  metrics = new RecordedMetrics();
  worker = createWorkerEmitter({ redis: redis.url, prefix, emitTimeoutMs: 1000, logMaxLength: 1 });
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await worker.close();
});

async function startServer(
  url = redis.url,
  auth: SocketGatewayOptions['auth'] = { isRevoked },
): Promise<GatewayApp> {
  const options = { emitTimeoutMs: 1000, metrics, auth: { ...AUTH, ...auth }, logMaxLength: 1 };
  const server = await startDurableServer(url, prefix, options);
  servers.push(server);
  return server;
}

function connect(server: GatewayApp, jti: string, userId = 'ada'): Promise<TestClient> {
  return server.connect(userId, { auth: { token: signToken(userId, { jti }) } });
}

const gone = (client: TestClient): Promise<unknown> =>
  waitFor('the connection to end', () => client.disconnectCount === 1, 30_000);

it('a revoked token is refused when a client connects and when it refreshes', async () => {
  const server = await startServer();
  const client = await connect(server, 'good');
  revoked.add('bad');
  await expect(connect(server, 'bad')).rejects.toMatchObject({ data: { code: 'TOKEN_REVOKED' } });
  const reply: unknown = await client.socket.emitWithAck('gateway:refresh', {
    token: signToken('ada', { jti: 'bad' }),
  });
  expect(reply).toEqual({ ok: false, code: 'TOKEN_REVOKED' });
  expect(client.disconnectCount).toBe(0);
});

it.each([
  [
    'throws',
    (): never => {
      throw new Error('away');
    },
  ],
  ['rejects', (): Promise<never> => Promise.reject(new Error('away'))],
  ['hangs', (): Promise<never> => new Promise(() => undefined)],
])(
  'while what has been revoked cannot be told, because it %s, nobody is let in and nobody is sent away',
  async (_, failing) => {
    const server = await startServer(redis.url, { isRevoked, isRevokedTimeoutMs: 50 });
    const client = await connect(server, 'good');
    store = failing;
    await expect(connect(server, 'other')).rejects.toMatchObject({ data: { code: 'AUTH_UNAVAILABLE' } });
    const reply: unknown = await client.socket.emitWithAck('gateway:refresh', {
      token: signToken('ada', { jti: 'other' }),
    });
    expect(reply).toEqual({ ok: false, code: 'AUTH_UNAVAILABLE' });
    expect(client.disconnectCount).toBe(0);
  },
);

it('revokeUser ends the connections of that user alone, on all servers, and says why', async () => {
  const [one, other] = [await startServer(), await startServer()];
  const clients = [await connect(one, 'a1'), await connect(other, 'a2')];
  const bob = await connect(other, 'b', 'bob');
  revoked.add('a1').add('a2');
  await worker.revokeUser('ada');
  for (const client of clients) {
    await gone(client);
    expect(client.payloads('gateway:disconnecting')).toEqual([{ code: 'TOKEN_REVOKED' }]);
  }
  expect(bob.disconnectCount).toBe(0);
  expect(metrics.count('ended_connections_total', { code: 'TOKEN_REVOKED' })).toBe(2);
});

it("revokeUser and disconnectUser reach a socket that the application has taken out of its user's room", async () => {
  const server = await startServer();
  for (const end of ['revokeUser', 'disconnectUser'] as const) {
    const client = await connect(server, 'a');
    await server.gateway.leaveRoom({ userId: 'ada' }, 'user:ada');
    const rooms = server.app.get(RedisIoAdapter).namespace?.adapter.rooms;
    await waitFor('it to be out', () => !rooms?.has('user:ada'));
    revoked.add('a');
    await server.gateway[end]('ada');
    await gone(client);
    revoked.delete('a');
  }
});

it('a client that comes back by itself after it is let in with a token that still counts only', async () => {
  const server = await startServer();
  const options = { reconnection: true, reconnectionDelay: 10 };
  const stays = await server.connect('ada', {
    ...options,
    auth: { token: signToken('ada', { jti: 'new' }) },
  });
  const goes = await server.connect('ada', { ...options, auth: { token: signToken('ada', { jti: 'old' }) } });
  revoked.add('old');
  await server.gateway.revokeUser('ada');
  await stays.received('gateway:ready', 2);
  await waitFor('a refusal', () => goes.refusals[0]);
  expect(goes.refusals[0]?.data).toEqual({ code: 'TOKEN_REVOKED' });
});

it('a client that is on its way in while its user is revoked does not slip through', async () => {
  let answer: (() => void) | undefined;
  const server = await startServer(redis.url, {
    isRevoked: async ({ claims }) => {
      // It was asked before the revocation, and answers after it.
      if (claims['jti'] === 'slow') await new Promise<void>((resolve) => (answer = resolve));
      return false;
    },
  });
  const witness = await connect(server, 'witness');
  const slow = new TestClient(server.url, { auth: { token: signToken('ada', { jti: 'slow' }) } });
  await waitFor('the question', () => answer);
  await server.gateway.revokeUser('ada');
  await gone(witness);
  answer?.();
  await gone(slow);
  slow.stop();
  expect(slow.payloads('gateway:ready')).toEqual([]);
  expect(slow.payloads('gateway:disconnecting')).toEqual([{ code: 'TOKEN_REVOKED' }]);
});

it('another user who is in the own room of the revoked one stays', async () => {
  const server = await startServer();
  const helper = await server.connect('bob', { auth: { token: signToken('bob', { rooms: ['user:ada'] }) } });
  expect(await helper.socket.emitWithAck('gateway:join', { room: 'user:ada' })).toMatchObject({ ok: true });
  const ada = await connect(server, 'a');
  await worker.revokeUser('ada');
  await gone(ada);
  expect(helper.disconnectCount).toBe(0);
});

it('without isRevoked it disconnects', async () => {
  const server = await startServer(redis.url, {});
  const client = await connect(server, 'a');
  await worker.revokeUser('ada');
  await gone(client);
  expect(client.payloads('gateway:disconnecting')).toEqual([{ code: 'DISCONNECTED' }]);
});

it('revokeUser and disconnectUser reach a connection that is to another namespace only', async () => {
  const server = await startServer();
  const adapter = server.app.get(RedisIoAdapter);
  adapter.create(0, { server: adapter.namespace?.server as never, namespace: '/chat' });
  for (const method of ['revokeUser', 'disconnectUser'] as const) {
    const chat = await server.open('/chat', 'ada', { auth: { token: signToken('ada', { jti: 'a' }) } });
    await worker[method]('ada');
    await gone(chat);
  }
});

describe('A server that was cut off from Redis when a user was revoked', () => {
  let proxy: TcpProxy;
  let server: GatewayApp;

  beforeEach(async () => {
    proxy = await TcpProxy.start(redis.port);
    server = await startServer(proxy.url);
  });
  afterEach(() => proxy.stop());

  it('ends the connections when it is back', async () => {
    const client = await connect(server, 'old');
    proxy.swallow({ newLinks: true });
    revoked.add('old');
    await worker.revokeUser('ada');
    expect(client.disconnectCount).toBe(0);
    proxy.heal();
    await gone(client);
  }, 40_000);

  it('keeps who connected long after it with a token that counts, and asks about who did so with another', async () => {
    const old = await connect(server, 'old');
    proxy.swallow({ newLinks: true });
    revoked.add('old');
    await worker.revokeUser('ada');
    const clients = [await connect(server, 'new'), await connect(server, 'stolen')];
    const { namespace } = server.app.get(RedisIoAdapter);
    for (const socket of namespace?.sockets.values() ?? []) {
      // As if it had connected much later: clocks may differ by a minute, and no test waits for that.
      if (getSocketUser(socket)?.claims['jti'] !== 'old') socket.handshake.issued += 120_000;
    }
    revoked.add('stolen');
    proxy.heal();
    await gone(old);
    await gone(clients[1] as TestClient);
    expect(clients[0]?.disconnectCount).toBe(0);
  }, 40_000);

  it('for so long that the log has forgotten it, asks about everybody', async () => {
    const [old, good] = [await connect(server, 'old'), await connect(server, 'good')];
    const raw = new Redis(redis.url);
    proxy.swallow({ newLinks: true });
    revoked.add('old');
    await worker.revokeUser('ada');
    await worker.joinRoom({ userId: 'bob' }, 'x');
    const keys = new RoomKeys({ prefix, namespace: '/', database: 0 });
    await raw.xtrim(keys.log(CONTROL_ROOM), 'MAXLEN', 1);
    let failures = 0;
    store = () => {
      if (failures++ > 0) store = undefined;
      throw new Error('away');
    };
    proxy.heal();
    await gone(old);
    expect(good.disconnectCount).toBe(0);
    raw.disconnect();
  }, 60_000);
});
