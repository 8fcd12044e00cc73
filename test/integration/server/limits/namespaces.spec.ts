import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import { PatternNamespaces } from '../../../../src/server/gateways/pattern-namespaces.js';
import { Server, type Namespace, type Socket } from 'socket.io';

import { AUTH } from '../../../support/gateway-app.js';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { RawSocket } from '../../../support/raw-socket.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { Resources } from '../../../support/resources.js';
import { signToken } from '../../../support/sign-token.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { TestClient } from '../../../support/connect-client.js';
import { waitFor } from '../../../support/wait-for.js';
import { Redis } from 'ioredis';

@WebSocketGateway({ namespace: /^\/board-\w+$/ })
class BoardGateway {
  @SubscribeMessage('where')
  where(@ConnectedSocket() socket: Socket): string {
    return socket.nsp.name;
  }
}

const BOARDS = { metadata: { providers: [BoardGateway] } };
const token = (user: string): string => JSON.stringify({ token: signToken(user) });

let server: LimitedServer;
const resources = new Resources();
afterEach(() => server.stop());
afterAll(() => resources.stop());

const serverOf = ({ app }: LimitedServer): Server => (app.get(RedisIoAdapter).namespace as Namespace).server;
const namespaces = (): string[] => [...serverOf(server)._nsps.keys()];
const answers = (raw: RawSocket, start: string, part: string): number =>
  raw.packets.filter((packet) => packet.startsWith(start) && packet.includes(part)).length;

describe('Namespaces that do not exist', () => {
  it('are asked for as often as a user connects, and then refused unread', async () => {
    server = await startLimitedServer({ handshakesPerSecond: { perUser: 2 } });
    const before = namespaces();
    const raw = new RawSocket(server.url);
    await raw.next('0');
    for (let n = 0; n < 1000; n++) raw.send(`40/none-${n},`);
    await waitFor('all to be answered', () => raw.packets.length >= 1001);
    const looked = answers(raw, '44/none-', 'Invalid namespace');
    expect(looked).toBeGreaterThanOrEqual(10);
    // The first, 5 seconds' worth, and what has come in the meantime.
    expect(looked).toBeLessThan(100);
    expect(answers(raw, '44/none-', '"code":"RATE_LIMITED","retryAfterMs":')).toBe(1000 - looked);
    expect(server.limited('handshakes-per-socket')).toBe(1000 - looked);
    expect(namespaces()).toEqual(before);
    // Others are let in all the while.
    await server.connect('bob');
    raw.close();
  });

  it('are no way to stay: who is in none is disconnected in time', async () => {
    server = await startLimitedServer({ handshakeTimeoutMs: 300 });
    const raw = new RawSocket(server.url);
    await raw.next('0');
    for (let n = 0; n < 20; n++) raw.send(`40/none-${n},`);
    await raw.closed();
    await waitFor('it to be counted', () => server.limited('handshake') === 1);
  });
});

describe('Namespaces of a pattern', () => {
  it('are gone when who asked for them is refused', async () => {
    server = await startLimitedServer({}, BOARDS);
    const before = namespaces();
    const raw = new RawSocket(server.url);
    await raw.next('0');
    for (let n = 0; n < 50; n++) raw.send(`40/board-${n},`);
    await waitFor('all to be refused', () => answers(raw, '44/board-', 'UNAUTHENTICATED') === 50);
    await waitFor('none to be left', () => namespaces().length === before.length);
    raw.close();
  });

  it('have no subscription in Redis any more then', async () => {
    const redis = resources.add(await RedisProcess.start());
    const client = new Redis(redis.url);
    resources.add({ stop: () => client.quit() });
    const prefix = uniquePrefix();
    server = await startLimitedServer({}, { ...BOARDS, options: { redis: redis.url, prefix, drainMs: 0 } });
    const subscribed = async (): Promise<number> =>
      ((await client.call('PUBSUB', 'CHANNELS', `${prefix}*board*`)) as string[]).length;
    const member = await server.open('/board-used', 'ada');
    await waitFor('its subscriptions', async () => (await subscribed()) > 0);
    const used = await subscribed();
    const patterns = await client.call('PUBSUB', 'NUMPAT');
    const stranger = new RawSocket(server.url);
    await stranger.next('0');
    for (let n = 0; n < 50; n++) stranger.send(`40/board-${n},`);
    await waitFor('all to be refused', () => answers(stranger, '44/board-', 'UNAUTHENTICATED') === 50);
    await waitFor('none to be subscribed', async () => (await subscribed()) === used);
    expect(await client.call('PUBSUB', 'NUMPAT')).toBe(patterns);
    expect(await member.socket.timeout(5000).emitWithAck('where')).toBe('/board-used');
    stranger.close();
  });

  it('serve whom they are asked for by the application, who was not there yet', async () => {
    server = await startLimitedServer({}, BOARDS);
    const io = serverOf(server);
    const kept = io.of('board-mine');
    const ada = await server.open('/board-mine', 'ada');
    expect(await ada.socket.timeout(5000).emitWithAck('where')).toBe('/board-mine');
    expect(kept.sockets.size).toBe(1);
    expect(io.of('/board-mine')).toBe(kept);
    await expect(server.open('/board-mine', '', { auth: {} })).rejects.toMatchObject({
      data: { code: 'UNAUTHENTICATED' },
    });
  });

  it('are as many on one connection as it may be in', async () => {
    server = await startLimitedServer({ namespacesPerConnection: 3 }, BOARDS);
    const raw = await RawSocket.connect(server.url, { token: signToken('ada') });
    for (const name of ['a', 'b']) {
      raw.send(`40/board-${name},${token('ada')}`);
      await raw.next(`40/board-${name},`);
    }
    raw.send(`40/board-c,${token('ada')}`);
    expect(await raw.next('44/board-c,')).toContain('"code":"TOO_MANY_NAMESPACES"');
    expect(server.limited('namespaces')).toBe(1);
    raw.send('41/board-a,');
    raw.send(`40/board-c,${token('ada')}`);
    await raw.next('40/board-c,');
    raw.close();
  });

  it('are no more when they are asked for at once', async () => {
    const auth = { ...AUTH, publicNamespaces: [/^\/board-\w+$/] };
    server = await startLimitedServer({ namespacesPerConnection: 2 }, { ...BOARDS, options: { auth } });
    const polling = `${server.url}/socket.io/?EIO=4&transport=polling`;
    const opened = await (await fetch(polling)).text();
    const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
    const names = ['a', 'b', 'c', 'd'];
    const body = names.map((name) => `40/board-${name},`).join('\x1e');
    await fetch(`${polling}&sid=${sid}`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } });
    const isIn = (name: string): boolean => serverOf(server)._nsps.get(`/board-${name}`)?.sockets.size === 1;
    await waitFor('two to be refused', () => server.limited('namespaces') === 2);
    await waitFor('the others to be in', () => names.filter(isIn).length === 2);
  });
});

describe('A namespace of a pattern that was left', () => {
  let io: Server;
  let url: string;
  const clients: TestClient[] = [];
  beforeEach(async () => {
    server = { stop: () => Promise.resolve() } as LimitedServer;
    io = new Server(0, { serveClient: false });
    const { port } = await waitFor('a port', () => io.httpServer.address() as { port: number } | null);
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.stop();
    await io.close();
  });

  const enter = async (name: string): Promise<TestClient> => {
    const client = new TestClient(url + name, {});
    clients.push(client);
    await waitFor('it to be in', () => client.socket.connected);
    return client;
  };

  it('is kept for a moment, and gone after it', async () => {
    new PatternNamespaces(io, 3000).of(/^\/board-\d$/);
    const first = await enter('/board-1');
    const namespace = io._nsps.get('/board-1') as Namespace;
    first.stop();
    await waitFor('nobody to be in', () => namespace.sockets.size === 0);
    expect(io._nsps.get('/board-1')).toBe(namespace);
    const second = await enter('/board-1');
    expect(namespace.sockets.size).toBe(1);
    second.stop();
    await waitFor('it to be gone', () => !io._nsps.has('/board-1'));
  });

  it('is kept for who is on the way in', async () => {
    let letIn = (): void => undefined;
    new PatternNamespaces(io, 300).of(/^\/board-\d$/).use((socket, next) => {
      if (socket.handshake.auth['waits'] === true) letIn = () => next();
      else next();
    });
    const first = await enter('/board-1');
    const namespace = io._nsps.get('/board-1') as Namespace;
    const waiting = new TestClient(`${url}/board-1`, { auth: { waits: true } });
    clients.push(waiting);
    await waitFor(
      'it to be on the way',
      () => (namespace['_preConnectSockets'] as Map<string, Socket>).size === 1,
    );
    first.stop();
    await waitFor('the first to be gone', () => namespace.sockets.size === 0);
    // Longer than empty ones are kept: another one goes meanwhile.
    (await enter('/board-2')).stop();
    await waitFor('the other one to be gone', () => !io._nsps.has('/board-2'));
    letIn();
    await waitFor('it to be in', () => waiting.socket.connected);
    expect(io._nsps.get('/board-1')).toBe(namespace);
  });

  it('is left alone when it is no pattern’s', async () => {
    const patterns = new PatternNamespaces(io, 300);
    patterns.of('/static');
    (await enter('/static')).stop();
    patterns.of(/^\/board-\d$/);
    (await enter('/board-1')).stop();
    await waitFor('the other one to be gone', () => !io._nsps.has('/board-1'));
    expect(io._nsps.has('/static')).toBe(true);
  });

  it('is left alone when it is that of a gateway by its name, which a pattern matches too', async () => {
    const patterns = new PatternNamespaces(io, 300);
    patterns.of(/^\/board-\w+$/);
    const own = patterns.of('/board-own');
    (await enter('/board-own')).stop();
    (await enter('/board-1')).stop();
    await waitFor('the other one to be gone', () => !io._nsps.has('/board-1'));
    expect(io._nsps.get('/board-own')).toBe(own);
  });
});
