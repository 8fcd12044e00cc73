import { fileURLToPath } from 'node:url';
import { startRedisServer, type RedisServer } from '../../scripts/lib/redis-server.mjs';
import { INSTALL_TIMEOUT_MS, installApp, ownVersions, type InstalledApp } from '../support/installed-app.js';
import { packPackage } from '../support/packed-package.js';
import { Resources } from '../support/resources.js';

const PEERS = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/jwt',
  '@nestjs/platform-express',
  '@nestjs/platform-socket.io',
  '@nestjs/websockets',
  'reflect-metadata',
  'rxjs',
  'socket.io',
  'socket.io-client',
] as const;

/**
 * What a process without browsers must not load. The parser of Socket.IO is not of the server: it comes with
 * `@socket.io/redis-emitter`, the codec of what workers say to servers.
 */
const OF_THE_SERVER =
  /^(socket\.io(-adapter|-client)?|engine\.io.*|ws|@socket\.io\/redis-adapter|@nestjs\/(websockets|platform-.*|jwt))$/;

const resources = new Resources();
let app: InstalledApp;
let redis: RedisServer;

beforeAll(async () => {
  redis = resources.add(await startRedisServer());
  const packed = resources.add(await packPackage());
  const peers = await ownVersions(PEERS);
  // Of the same line as the core: it is not among what the project itself is developed with.
  const packages = { ...peers, '@nestjs/microservices': '^12.0.0' };
  app = resources.add(await installApp(packed.file, packages, fixtures('server'), fixtures('worker')));
}, INSTALL_TIMEOUT_MS);

afterAll(() => resources.stop());

describe('the package, installed into a fresh application', () => {
  it('gives the same to import and to require, at every entry', async () => {
    const { imported, required } = await app.run<Record<string, Record<string, string[]>>>('entries.mjs');
    expect(required).toEqual(imported);
    expect(imported).toEqual({
      '.': [
        'GatewayError',
        'GatewayExceptionFilter',
        'RedisIoAdapter',
        'RefusedError',
        'RoomAuthorizer',
        'SocketAuthenticator',
        'SocketEmitter',
        'SocketGateway',
        'SocketGatewayHealth',
        'SocketGatewayHealthIndicator',
        'SocketGatewayModule',
        'SocketUser',
        'getSocketUser',
        'isGatewayError',
        'openTelemetry',
        'prometheusMetrics',
      ],
      './contract': ['ERROR_CODES', 'GatewayError', 'SocketEmitter', 'isGatewayError'],
      './worker': [
        'GatewayError',
        'SocketEmitter',
        'WorkerEmitter',
        'WorkerGatewayModule',
        'createWorkerEmitter',
        'isGatewayError',
        'openTelemetry',
        'prometheusMetrics',
      ],
      './jobs': [
        'GatewayError',
        'JOB_REPORTER_OPTIONS',
        'JobChannels',
        'JobReporter',
        'SocketEmitter',
        'isGatewayError',
        'jobRoom',
      ],
      './client': ['GatewayClientError', 'connectGateway'],
      './testing': ['RecordingEmitter', 'startGatewayHarness'],
    });
  });

  it('has one SocketEmitter and one GatewayError, whatever the entry and the way to load it', async () => {
    const { emitter, error, subclasses } = await app.run<{
      emitter: { copies: number; holders: number };
      error: { copies: number; holders: number };
      subclasses: string[];
    }>('entries.mjs');
    // Four entries have them, each imported and required.
    expect(emitter).toEqual({ copies: 1, holders: 8 });
    expect(error).toEqual({ copies: 1, holders: 8 });
    expect(subclasses).toEqual(['SocketGateway', 'WorkerEmitter', 'RecordingEmitter']);
  });

  it('works in a CommonJS application that requires it', async () => {
    expect(await app.run('entries.cjs')).toEqual({
      module: 'function',
      isOneEmitter: true,
      isOneError: true,
      recorderIsEmitter: true,
      workerIsEmitter: true,
      recorded: 'published',
      refused: 'REDIS_NOT_CONFIGURED',
    });
  });

  it('lets nothing be loaded but its entries', async () => {
    const inner = [
      'nestjs-socket-gateway/dist/server/index.js',
      'nestjs-socket-gateway/dist/contract/index.js',
      'nestjs-socket-gateway/server',
      'nestjs-socket-gateway/publishing',
      'nestjs-socket-gateway/contract/index.js',
    ];
    const codes = await app.run('inner-paths.mjs', inner);
    const refused = ['ERR_PACKAGE_PATH_NOT_EXPORTED', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];
    expect(codes).toEqual(Object.fromEntries(inner.map((path) => [path, refused])));
  });

  it.each(['import', 'require'])('loads no code but its own for /contract, by %s', async (way) => {
    const packages = await app.run<string[]>('loaded-packages.mjs', ['nestjs-socket-gateway/contract', way]);
    expect(packages).toEqual(['nestjs-socket-gateway']);
  });

  it.each(['import', 'require'])('loads nothing of the server for /worker, by %s', async (way) => {
    const packages = await app.run<string[]>('loaded-packages.mjs', ['nestjs-socket-gateway/worker', way]);
    expect(packages).toEqual(expect.arrayContaining(['nestjs-socket-gateway', '@nestjs/common', 'ioredis']));
    expect(packages.filter((name) => OF_THE_SERVER.test(name))).toEqual([]);
  });

  it.each(['import', 'require'])(
    'loads nothing but the client of Socket.IO for /client, by %s',
    async (way) => {
      const packages = await app.run<string[]>('loaded-packages.mjs', ['nestjs-socket-gateway/client', way]);
      expect(packages).toEqual(expect.arrayContaining(['nestjs-socket-gateway', 'socket.io-client']));
      expect(packages.filter((name) => name.startsWith('@nestjs/') || name === 'socket.io')).toEqual([]);
    },
  );

  it.each(['emit.cjs', 'module.mjs'])(
    'authenticates a client and brings it what %s emits',
    async (script) => {
      const seen = await app.run('smoke.mjs', [script], { REDIS_URL: redis.url });
      expect(seen).toEqual({
        nest: expect.stringMatching(/^12\./) as string,
        refused: { code: 'TOKEN_INVALID' },
        userId: 'ann',
        status: 'published',
        fromServer: { n: 1 },
        fromWorker: { from: script },
      });
    },
  );

  it('works in a hybrid application that microservices speak to', async () => {
    const seen = await app.run('hybrid.mjs', [], { REDIS_URL: redis.url });
    expect(seen).toEqual({ status: 'published', payload: { order: 7 } });
  });
});

function fixtures(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}
