import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketGateway } from '@nestjs/websockets';
import { SocketAuthenticator, SocketGatewayModule, type AuthenticatedUser } from 'nestjs-socket-gateway';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { RawSocket } from '../../../support/raw-socket.js';
import { RecordedMetrics } from '../../../support/recorded-metrics.js';
import { signToken } from '../../../support/sign-token.js';
import { TestClient } from '../../../support/connect-client.js';
import { waitFor } from '../../../support/wait-for.js';

let server: LimitedServer;
afterEach(() => server.stop());

describe('A user with one connection too many', () => {
  it('loses the oldest one, whose client is told why', async () => {
    server = await startLimitedServer({ connectionsPerUser: 2 });
    const first = await server.connect('ada');
    const second = await server.connect('ada');
    const bob = await server.connect('bob');
    const third = await server.connect('ada');
    expect(await first.received('gateway:disconnecting')).toEqual([{ code: 'TOO_MANY_CONNECTIONS' }]);
    await waitFor('the end of the oldest', () => !first.socket.connected);
    // Or it would come back at once, and displace the next one.
    expect(first.socket.active).toBe(false);
    expect([second, third, bob].map(({ socket }) => socket.connected)).toEqual([true, true, true]);
    expect(server.limited('connections')).toBe(1);
  });

  it('is refused the newest one when the oldest ones stay', async () => {
    server = await startLimitedServer({ connectionsPerUser: 2, connectionsPerUserKeeps: 'oldest' });
    const first = await server.connect('ada');
    await server.connect('ada');
    await expect(server.connect('ada')).rejects.toMatchObject({ data: { code: 'TOO_MANY_CONNECTIONS' } });
    first.stop();
    await waitFor('a connection to be free', () => server.connect('ada').catch(() => undefined));
  });

  it('has one connection, however many namespaces are on it', async () => {
    server = await startLimitedServer({ connectionsPerUser: 1, connectionsPerUserKeeps: 'oldest' });
    const raw = await RawSocket.connect(server.url, { token: signToken('ada') });
    raw.send(`40/,${JSON.stringify({ token: signToken('ada') })}`);
    raw.close();
    await waitFor('the next one', () => server.connect('ada').catch(() => undefined));
  });
});

describe('Connections without a user', () => {
  it('are refused above the number of an address, and count no more once they have one', async () => {
    server = await startLimitedServer({ unauthenticatedPerAddress: 3 });
    for (let n = 0; n < 5; n++) await server.connect(`user${n}`);
    const silent = Array.from({ length: 3 }, () => new RawSocket(server.url));
    await Promise.all(silent.map((raw) => raw.next('0')));
    const refused = new RawSocket(server.url);
    await waitFor('a refusal', () => refused.answer.includes('TOO_MANY_UNAUTHENTICATED'));
    const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ message: 'TOO_MANY_UNAUTHENTICATED' });
    expect(server.limited('unauthenticated')).toBe(2);
    silent[0]?.close();
    await waitFor('a place to be free', () => server.connect('late').catch(() => undefined));
    for (const raw of [...silent, refused]) raw.close();
  });

  it('are told apart by what the proxies before the server say, and not by what clients say', async () => {
    server = await startLimitedServer({ unauthenticatedPerAddress: 1, trustedProxies: 1 });
    const from = (address: string): RawSocket => new RawSocket(server.url, { 'X-Forwarded-For': address });
    const first = from('192.0.2.1');
    await first.next('0');
    const other = from('192.0.2.2');
    await other.next('0');
    const liar = from('198.51.100.7, 192.0.2.1');
    await waitFor('a refusal', () => liar.answer.includes('TOO_MANY_UNAUTHENTICATED'));
    for (const raw of [first, other, liar]) raw.close();
  });
});

describe('A handshake', () => {
  it('that never asks for a namespace is closed in time', async () => {
    server = await startLimitedServer({ handshakeTimeoutMs: 300 });
    const raw = new RawSocket(server.url);
    await raw.next('0');
    await raw.closed();
    await waitFor('it to be counted', () => server.limited('handshake') === 1);
  });

  it('is counted each time, in whichever part of a millisecond it began', async () => {
    server = await startLimitedServer({ handshakeTimeoutMs: 200, unauthenticatedPerAddress: 1000 });
    const silent: RawSocket[] = [];
    for (let count = 1; count <= 40; count++) {
      const raw = new RawSocket(server.url);
      await raw.next('0');
      silent.push(raw);
    }
    await waitFor('all of them to be counted', () => server.limited('handshake') === silent.length);
    for (const raw of silent) raw.close();
  });

  it('is not counted when its client goes away by itself', async () => {
    server = await startLimitedServer({ handshakeTimeoutMs: 3000 });
    const [leaving, staying] = [new RawSocket(server.url), new RawSocket(server.url)];
    await Promise.all([leaving.next('0'), staying.next('0')]);
    await delay(400);
    leaving.close();
    await staying.closed();
    await waitFor('the other to be counted', () => server.limited('handshake') > 0);
    expect(server.limited('handshake')).toBe(1);
  });
});

describe('A connection that has left its last namespace', () => {
  it('is closed in time, as one that never was in one', async () => {
    server = await startLimitedServer({ handshakeTimeoutMs: 300 });
    const raw = await RawSocket.connect(server.url, { token: signToken('ada') });
    raw.send('41');
    await raw.closed();
    expect(server.limited('handshake')).toBe(1);
  });
});

describe('An authenticator that does not answer', () => {
  class HangingAuthenticator extends SocketAuthenticator {
    static askedCount = 0;

    override authenticate(): Promise<AuthenticatedUser> {
      HangingAuthenticator.askedCount++;
      return new Promise(() => undefined);
    }
  }

  @WebSocketGateway({ namespace: /^\/any-\d+$/ })
  class AnyGateway {}

  let hanging: GatewayApp;
  const metrics = new RecordedMetrics();

  beforeAll(async () => {
    hanging = await startGatewayApp({
      metadata: { providers: [AnyGateway] },
      gateway: SocketGatewayModule.forRoot({
        redis: '',
        auth: AUTH,
        authenticator: HangingAuthenticator,
        limits: { handshakeTimeoutMs: 1000 },
        metrics,
      }),
    });
    server = { ...hanging, stop: () => Promise.resolve() } as LimitedServer;
  });
  afterAll(() => hanging.stop());

  it('refuses with AUTH_UNAVAILABLE in time', async () => {
    const client = new TestClient(hanging.url, { auth: { token: 'any' } });
    expect(await client.refused()).toMatchObject({ data: { code: 'AUTH_UNAVAILABLE' } });
    expect(metrics.count('limited_total', { limit: 'handshake' })).toBeGreaterThanOrEqual(1);
    client.stop();
  });

  it('is asked a few times at once at most by one connection', async () => {
    HangingAuthenticator.askedCount = 0;
    const raw = new RawSocket(hanging.url);
    await raw.next('0');
    for (let n = 0; n < 50; n++) raw.send(`40/any-${n},{"token":"any"}`);
    await raw.next('44/any-49,');
    expect(HangingAuthenticator.askedCount).toBe(10);
    raw.close();
  });
});
