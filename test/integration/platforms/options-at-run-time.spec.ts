import { Global, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { RedisIoAdapter, SocketGatewayModule, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import { NestFactory } from '@nestjs/core';
import { startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { TestClient } from '../../support/connect-client.js';
import { Resources } from '../../support/resources.js';
import { signToken, TEST_SECRET } from '../../support/sign-token.js';

/** What a .env file would say; read when the application is made, later than any `forRoot` of its modules. */
const settings = (): Record<string, string> => ({
  JWT_SECRET: TEST_SECRET,
  SOCKET_PATH: '/live/',
  GATEWAY_NAMESPACE: '/app',
  ALLOWED_ORIGIN: 'https://app.example.com',
});

const gateway = SocketGatewayModule.forRootAsync({
  imports: [ConfigModule.forRoot({ ignoreEnvFile: true, load: [settings] })],
  inject: [ConfigService],
  useFactory: (config: ConfigService): SocketGatewayOptions => ({
    transport: 'local',
    redis: '',
    namespace: config.getOrThrow<string>('GATEWAY_NAMESPACE'),
    path: config.getOrThrow<string>('SOCKET_PATH'),
    transports: ['websocket'],
    cors: { origin: config.getOrThrow<string>('ALLOWED_ORIGIN') },
    auth: { jwt: { secret: config.getOrThrow<string>('JWT_SECRET'), algorithms: ['HS256'] } },
  }),
});

describe('options that are known only when the application is made', () => {
  const resources = new Resources();
  let server: GatewayApp;

  beforeAll(async () => {
    server = resources.add(await startGatewayApp({ gateway }));
  });

  afterAll(() => resources.stop());

  it('put the gateway into their namespace, at their path', async () => {
    const ann = await server.open('/app', 'ann', { path: '/live' });
    await ann.received('gateway:ready');
    await server.gateway.emitToUser('ann', 'hello', 1);
    expect(await ann.received('hello')).toEqual([1]);
    expect((await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`)).status).toBe(404);
  });

  it('leave the gateway in no other namespace', async () => {
    const elsewhere = await server.open('', 'ann', { path: '/live' });
    const there = await server.open('/app', 'ann', { path: '/live' });
    await server.gateway.broadcast('to-all', 1);
    expect(await there.received('to-all')).toEqual([1]);
    expect(elsewhere.events).toEqual([]);
  });

  it('decide which transports there are', async () => {
    const polling = resources.add(
      new TestClient(`${server.url}/app`, {
        path: '/live',
        transports: ['polling'],
        auth: { token: signToken('ann') },
      }),
    );
    await polling.refused();
    expect(polling.socket.connected).toBe(false);
  });

  it('decide which pages may connect', async () => {
    const from = (origin: string): TestClient =>
      resources.add(
        new TestClient(`${server.url}/app`, {
          path: '/live',
          auth: { token: signToken('ann') },
          extraHeaders: { origin },
        }),
      );
    expect((await from('https://evil.example.com').refused()).data).toEqual({ code: 'ORIGIN_REFUSED' });
    const allowed = from('https://app.example.com');
    expect(await allowed.received('gateway:ready')).toMatchObject([{ userId: 'ann' }]);
    const header = (
      await fetch(`${server.url}/live/?EIO=4&transport=websocket`, {
        headers: { origin: 'https://app.example.com' },
      })
    ).headers;
    expect(header.get('access-control-allow-origin')).toBe('https://app.example.com');
  });

  it('are those of the environment when they are left out, as late as possible', async () => {
    const late = SocketGatewayModule.forRoot({
      transport: 'local',
      redis: '',
      auth: { jwt: { secret: TEST_SECRET, algorithms: ['HS256'] } },
    });
    process.env['SOCKET_NAMESPACE'] = '/from-environment';
    try {
      const app = resources.add(await startGatewayApp({ gateway: late }));
      const ann = await app.open('/from-environment', 'ann');
      expect(await ann.received('gateway:ready')).toHaveLength(1);
    } finally {
      delete process.env['SOCKET_NAMESPACE'];
    }
  });
});

describe('options that come from a factory and are wrong', () => {
  it('end the start of the application with the path of what is wrong, and without its value', async () => {
    @Global()
    @Module({
      imports: [
        SocketGatewayModule.forRootAsync({
          useFactory: () => ({ auth: { jwt: { secret: 'geheim', algorithms: ['none' as never] } } }),
        }),
      ],
    })
    class AppModule {}
    const start = NestFactory.create(AppModule, { logger: false, abortOnError: false });
    await expect(start).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    await expect(start).rejects.toThrow('auth.jwt.algorithms[0]');
    await expect(start).rejects.not.toThrow('geheim');
  });

  it('refuse an application without the adapter before it listens', async () => {
    @Module({ imports: [gateway] })
    class AppModule {}
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toMatchObject({ code: 'ADAPTER_NOT_INSTALLED' });
    expect(app.get(RedisIoAdapter)).toBeDefined();
    await app.close();
  });
});
