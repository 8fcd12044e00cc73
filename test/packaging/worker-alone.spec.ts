import { fileURLToPath } from 'node:url';
import { startRedisServer, type RedisServer } from '../../scripts/lib/redis-server.mjs';
import { INSTALL_TIMEOUT_MS, installApp, ownVersions, type InstalledApp } from '../support/installed-app.js';
import { packPackage } from '../support/packed-package.js';
import { Resources } from '../support/resources.js';

const resources = new Resources();
let app: InstalledApp;
let redis: RedisServer;

beforeAll(async () => {
  redis = resources.add(await startRedisServer());
  const packed = resources.add(await packPackage());
  const packages = await ownVersions(['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs']);
  const fixtures = fileURLToPath(new URL('fixtures/worker', import.meta.url));
  app = resources.add(await installApp(packed.file, packages, fixtures));
}, INSTALL_TIMEOUT_MS);

afterAll(() => resources.stop());

describe('a worker in whose application nothing of the server is installed', () => {
  it.each([
    'socket.io',
    'engine.io',
    'socket.io-client',
    '@nestjs/websockets',
    '@nestjs/platform-socket.io',
    '@nestjs/platform-express',
    '@nestjs/jwt',
  ])('does not get %s by installing the library', async (name) => {
    const { code, stderr } = await app.command(process.execPath, [
      '--eval',
      `import.meta.resolve('${name}')`,
      '--input-type=module',
    ]);
    expect(stderr).toContain('ERR_MODULE_NOT_FOUND');
    expect(code).not.toBe(0);
  });

  it.each(['import', 'require'])('loads the entries that it needs, by %s', async (way) => {
    for (const entry of ['contract', 'worker', 'jobs']) {
      const packages = await app.run<string[]>('loaded-packages.mjs', [
        `nestjs-socket-gateway/${entry}`,
        way,
      ]);
      expect(packages).toContain('nestjs-socket-gateway');
    }
  });

  it.each(['emit.cjs', 'module.mjs'])('emits by %s, and ends by itself', async (script) => {
    expect(await app.run(script, ['ann', 'hello'], { REDIS_URL: redis.url })).toEqual({
      status: 'published',
    });
  });
});
