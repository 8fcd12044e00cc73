import { jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import {
  getSocketUser,
  RedisIoAdapter,
  SocketAuthenticator,
  SocketGatewayModule,
  type AuthenticatedUser,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import type { Socket } from 'socket.io';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import { TestClient } from '../../../support/connect-client.js';
import { RecordedMetrics } from '../../../support/recorded-metrics.js';
import { signToken, TEST_SECRET } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

jest.setTimeout(40_000);

/** In how many seconds a token ends whose end is waited for: a machine that does other things needs some of them to connect. */
const SOON = 5;

const seconds = (): number => Math.floor(Date.now() / 1000);

/** A token that ends in so many seconds. */
const tokenFor = (inSeconds: number, claims: object = {}, userId = 'ada'): string =>
  signToken(userId, { ...claims, exp: seconds() + inSeconds });

describe('A token ends', () => {
  let server: GatewayApp;
  let metrics: RecordedMetrics;

  const start = async (auth: SocketGatewayOptions['auth'] = {}): Promise<void> => {
    metrics = new RecordedMetrics();
    const gateway = SocketGatewayModule.forRoot({
      redis: '',
      transport: 'local',
      metrics,
      auth: { ...AUTH, ...auth },
    });
    server = await startGatewayApp({ gateway });
  };
  const connect = (token: string): Promise<TestClient> => server.connect('ada', { auth: { token } });
  const refresh = (client: TestClient, token: unknown): Promise<unknown> =>
    client.socket.timeout(5000).emitWithAck('gateway:refresh', { token }) as Promise<unknown>;

  afterEach(() => server.stop());

  it('and its connection with it, after the client was told, and told why', async () => {
    await start();
    const client = await connect(tokenFor(SOON));
    const [notice] = await client.received('gateway:auth-expiring', 1, 10_000);
    expect((notice as { expiresInMs: number }).expiresInMs).toBeGreaterThan(0);
    expect((notice as { expiresInMs: number }).expiresInMs).toBeLessThan(1000 * SOON);
    await waitFor('the connection to end', () => client.disconnectCount === 1);
    expect(client.payloads('gateway:disconnecting')).toEqual([{ code: 'TOKEN_EXPIRED' }]);
    expect(metrics.count('ended_connections_total', { code: 'TOKEN_EXPIRED' })).toBe(1);
    await waitFor('nobody to be there', async () => !(await server.gateway.isUserOnline('ada')));
  });

  it('and a client that connects again by itself is let in with a newer one only', async () => {
    await start();
    const tokens = [tokenFor(SOON), tokenFor(3600)];
    const auth = (send: (auth: object) => void): void => send({ token: tokens.shift() });
    const client = await server.connect('ada', { auth, reconnection: true, reconnectionDelay: 10 });
    await client.received('gateway:ready', 2, 10_000);
    const late = await server.connect('ada', {
      auth: { token: tokenFor(SOON) },
      reconnection: true,
      reconnectionDelay: 10,
    });
    await waitFor('a refusal', () => late.refusals[0]);
    expect(late.refusals[0]?.data).toEqual({ code: 'TOKEN_EXPIRED' });
  });

  it('unless the client sends a newer one, and then the connection stays', async () => {
    await start();
    const client = await connect(tokenFor(SOON));
    expect(await refresh(client, tokenFor(3600))).toMatchObject({ ok: true });
    const witness = await connect(tokenFor(SOON + 1));
    await waitFor('the end of another', () => witness.disconnectCount === 1);
    expect(client.disconnectCount).toBe(0);
    expect(metrics.count('refreshes_total', { result: 'accepted' })).toBe(1);
  });

  it('and that of a client which refreshes to a token without an end does not', async () => {
    await start({ jwt: { ...AUTH.jwt, requireExpiry: false } });
    const client = await connect(tokenFor(SOON));
    expect(await refresh(client, new JwtService({ secret: TEST_SECRET }).sign({ sub: 'ada' }))).toEqual({
      ok: true,
      expiresInMs: null,
    });
    const witness = await connect(tokenFor(SOON + 1));
    await waitFor('the end of another', () => witness.disconnectCount === 1);
    expect(client.disconnectCount).toBe(0);
  });

  it('later by the clock tolerance', async () => {
    await start({ jwt: { ...AUTH.jwt, clockToleranceMs: 6000 } });
    const client = await connect(tokenFor(-2));
    await client.received('gateway:auth-expiring');
    expect(client.disconnectCount).toBe(0);
    await waitFor('the connection to end', () => client.disconnectCount === 1);
  });

  it.each([
    ['of another user', () => tokenFor(3600, {}, 'bob'), 'WRONG_USER'],
    ['that has ended', () => tokenFor(-10), 'TOKEN_EXPIRED'],
    ['that is none', () => 'nonsense', 'TOKEN_INVALID'],
    ['that is no text', () => ({ toString: 'x' }), 'TOKEN_INVALID'],
    ['that is too long', () => 'x'.repeat(16 * 1024 + 1), 'TOKEN_INVALID'],
    ['that is missing', () => undefined, 'UNAUTHENTICATED'],
  ])('nothing changes by a refresh with a token %s', async (_, token, code) => {
    await start();
    const client = await connect(tokenFor(600));
    expect(await refresh(client, token())).toEqual({ ok: false, code });
    const socket = server.app
      .get(RedisIoAdapter)
      .namespace?.sockets.get(client.socket.id as string) as Socket;
    expect(getSocketUser(socket)).toMatchObject({ id: 'ada' });
    expect(client.disconnectCount).toBe(0);
    expect(metrics.count('refreshes_total', { result: code })).toBe(1);
  });

  it('without a notice when none is wanted', async () => {
    await start({ expiryNoticeMs: 0 });
    const client = await connect(tokenFor(SOON));
    await waitFor('the connection to end', () => client.disconnectCount === 1);
    expect(client.payloads('gateway:auth-expiring')).toEqual([]);
  });

  it('in every namespace, and is renewed in each', async () => {
    await start();
    const chat = new TestClient(`${server.url}/`, { auth: { token: tokenFor(600) } });
    await chat.received('gateway:ready');
    server.app
      .get(RedisIoAdapter)
      .create(0, { server: server.app.get(RedisIoAdapter).namespace?.server as never, namespace: '/chat' });
    const stays = await server.open('/chat', 'ada', { auth: { token: tokenFor(SOON) } });
    const goes = await server.open('/chat', 'ada', { auth: { token: tokenFor(SOON) } });
    expect(await refresh(stays, tokenFor(600))).toMatchObject({ ok: true });
    await waitFor('the connection to end', () => goes.disconnectCount === 1);
    expect(stays.disconnectCount).toBe(0);
    chat.stop();
  });
});

describe('An authenticator of the application', () => {
  it('says when a connection ends, and is asked again by a refresh', async () => {
    @Injectable()
    class Tickets extends SocketAuthenticator {
      override authenticate({ handshake }: Socket): AuthenticatedUser {
        const [id, expiresAt] = String(handshake.auth['token']).split('@');
        return { id: id as string, claims: {}, expiresAt: Number(expiresAt) };
      }
    }
    const server = await startGatewayApp({
      gateway: SocketGatewayModule.forRoot({
        redis: '',
        transport: 'local',
        authenticator: Tickets,
      }),
    });
    try {
      const connect = (token: string): Promise<TestClient> => server.connect('ada', { auth: { token } });
      await expect(connect('ada@soon')).rejects.toMatchObject({ data: { code: 'TOKEN_INVALID' } });
      await expect(connect('ada@1000')).rejects.toMatchObject({ data: { code: 'TOKEN_EXPIRED' } });
      const [stays, goes] = [
        await connect(`ada@${Date.now() + 7000}`),
        await connect(`ada@${Date.now() + 5000}`),
      ];
      expect(await stays.socket.emitWithAck('gateway:refresh', { token: 'bob@1e300' })).toMatchObject({
        code: 'WRONG_USER',
      });
      expect(await stays.socket.emitWithAck('gateway:refresh', { token: 'ada@1e300' })).toMatchObject({
        ok: true,
      });
      await waitFor('the connection to end', () => goes.disconnectCount === 1);
      expect(stays.disconnectCount).toBe(0);
    } finally {
      await server.stop();
    }
  });
});
