import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import {
  isGatewayError,
  RedisIoAdapter,
  SocketGatewayModule,
  type SocketGatewayOptions,
} from 'nestjs-socket-gateway';
import { WorkerGatewayModule } from 'nestjs-socket-gateway/worker';
import { TEST_SECRET } from '../../support/sign-token.js';

const auth = { jwt: { secret: TEST_SECRET, algorithms: ['HS256' as const] } };
const SERVER = SocketGatewayModule.forRoot({ transport: 'local', redis: '', auth });

function moduleOf(...imports: (DynamicModule | Type)[]): DynamicModule {
  @Module({})
  class ApplicationModule {}
  return { module: ApplicationModule, imports };
}

/** The error with which an application does not start. */
async function failureOf(start: () => Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await start();
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw error;
  }
  throw new Error('It has started.');
}

const settings = { logger: false as const, abortOnError: false };

async function startServer(module: DynamicModule): Promise<void> {
  const app = await NestFactory.create(module, settings);
  try {
    app.useWebSocketAdapter(app.get(RedisIoAdapter));
    await app.init();
  } finally {
    await app.close();
  }
}

const connectionStateRecovery = { maxDisconnectionDurationMs: 1000 };

@WebSocketGateway({ connectionStateRecovery })
class RecoveringGateway {}

@WebSocketGateway({ path: '/other', connectionStateRecovery })
class ElsewhereRecoveringGateway {}

describe('An application does not start', () => {
  it.each([RecoveringGateway, ElsewhereRecoveringGateway])(
    'with connectionStateRecovery on one of its gateways, which calls lossy sessions recovered: %p',
    async (gateway) => {
      const { code, message } = await failureOf(() =>
        startServer({ ...moduleOf(SERVER), providers: [gateway] }),
      );
      expect(code).toBe('INVALID_OPTIONS');
      expect(message).toContain('connectionStateRecovery');
    },
  );

  it('as a server without RedisIoAdapter, and is told the line to add', async () => {
    const app = await NestFactory.create(moduleOf(SERVER), settings);
    const { code, message } = await failureOf(() => app.init());
    expect(code).toBe('ADAPTER_NOT_INSTALLED');
    expect(message).toContain('app.useWebSocketAdapter(app.get(RedisIoAdapter))');
    await app.close();
  });

  it('as an application context with the server module, and is told the module for workers', async () => {
    const { code, message } = await failureOf(() =>
      NestFactory.createApplicationContext(moduleOf(SERVER), settings),
    );
    expect(code).toBe('NOT_A_SERVER');
    expect(message).toContain('WorkerGatewayModule');
  });

  it('with both modules in it', async () => {
    const { code, message } = await failureOf(() =>
      startServer(moduleOf(SERVER, WorkerGatewayModule.forRoot())),
    );
    expect(code).toBe('EMITTER_AMBIGUOUS');
    expect(message).toMatch(
      /SocketGatewayModule.*WorkerGatewayModule|WorkerGatewayModule.*SocketGatewayModule/,
    );
  });

  it('with both modules in it, when the worker module is deep inside and comes first', async () => {
    const deep = moduleOf(moduleOf(WorkerGatewayModule.forRootAsync({ useFactory: () => ({}) })), SERVER);
    expect((await failureOf(() => startServer(deep))).code).toBe('EMITTER_AMBIGUOUS');
  });

  it.each<[string, SocketGatewayOptions, RegExp]>([
    ['a key and an authenticator', {}, /auth/],
    ['a key', { auth: { jwt: { algorithms: ['HS256'] } } }, /auth\.jwt.*key/],
    [
      'a key that is not empty',
      { auth: { jwt: { secret: '', algorithms: ['HS256'] } } },
      /auth\.jwt\.secret/,
    ],
    ['algorithms', { auth: { jwt: { secret: 'secret-value', algorithms: [] } } }, /auth\.jwt\.algorithms/],
    [
      'an algorithm that is one',
      { auth: { jwt: { secret: 'secret-value', algorithms: ['none' as never] } } },
      /auth\.jwt\.algorithms\[0\]/,
    ],
    [
      'a public key for its algorithm',
      { auth: { jwt: { secret: 'secret-value', algorithms: ['RS256'] } } },
      /auth\.jwt/,
    ],
    ['an option that there is', { auth, unknown: 1 } as never, /unknown: there is no such option/],
    ['a namespace that Redis can match', { auth, namespace: '/a[b]' }, /namespace/],
  ])('without %s, and is told which option, never its value', async (_, options, message) => {
    const failure = await failureOf(() => startServer(moduleOf(SocketGatewayModule.forRoot(options))));
    expect(failure.code).toBe('INVALID_OPTIONS');
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('secret-value');
  });

  it('with requireRedis and no Redis', async () => {
    const options = { auth, requireRedis: true, redis: 'no-url' };
    const failure = await failureOf(() => startServer(moduleOf(SocketGatewayModule.forRoot(options))));
    expect(failure.code).toBe('REDIS_NOT_CONFIGURED');
  });
});

describe('An emit before the application has initialised', () => {
  it('is failed, not thrown', async () => {
    const app = await NestFactory.create(moduleOf(SERVER), settings);
    const { SocketGateway } = await import('nestjs-socket-gateway');
    expect(await app.get(SocketGateway).broadcast('event', 1)).toMatchObject({
      status: 'failed',
      error: { code: 'ADAPTER_NOT_INSTALLED' },
    });
    await app.close();
  });
});
