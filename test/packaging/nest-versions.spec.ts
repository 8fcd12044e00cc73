import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inProject } from '../../scripts/lib/project.mjs';
import { startRedisServer, type RedisServer } from '../../scripts/lib/redis-server.mjs';
import { INSTALL_TIMEOUT_MS, installApp, ownVersions, type InstalledApp } from '../support/installed-app.js';
import { packPackage, type PackedPackage } from '../support/packed-package.js';
import { Resources } from '../support/resources.js';

const OF_NEST = ['common', 'core', 'jwt', 'platform-express', 'platform-socket.io', 'websockets'];

/** Beside the line that the project is developed with, which installed-package.spec.ts is about. */
const LINES = [
  // The adapter of Nest pins one version of socket.io, and a second copy beside it would break.
  { line: '11.0.0', nest: '11.0.0', 'socket.io': '4.8.1' },
  { line: 'the newest 11', nest: '^11.0.0', 'socket.io': '4.8.3' },
];

const resources = new Resources();
let redis: RedisServer;
let packed: PackedPackage;

beforeAll(async () => {
  redis = resources.add(await startRedisServer());
  packed = resources.add(await packPackage());
}, INSTALL_TIMEOUT_MS);

afterAll(() => resources.stop());

describe.each(LINES)('with Nest $line', ({ nest, 'socket.io': socketIo }) => {
  let app: InstalledApp;

  beforeAll(async () => {
    const packages = {
      ...(await ownVersions(['reflect-metadata', 'rxjs'])),
      ...Object.fromEntries(OF_NEST.map((name) => [`@nestjs/${name}`, nest])),
      'socket.io': socketIo,
      'socket.io-client': socketIo,
    };
    app = resources.add(await installApp(packed.file, packages, fixtures('server'), fixtures('worker')));
  }, INSTALL_TIMEOUT_MS);

  it.each(['emit.cjs', 'module.mjs'])(
    'a client is authenticated, and gets what %s emits',
    async (script) => {
      const seen = await app.run('smoke.mjs', [script], { REDIS_URL: redis.url });
      expect(seen).toEqual({
        nest: expect.stringMatching(/^11\./) as string,
        refused: { code: 'TOKEN_INVALID' },
        userId: 'ann',
        status: 'published',
        fromServer: { n: 1 },
        fromWorker: { from: script },
      });
    },
    60_000,
  );

  it('every entry is the same for import and for require', async () => {
    const { imported, required, emitter } = await app.run<Record<string, object>>('entries.mjs');
    expect(required).toEqual(imported);
    expect(emitter).toEqual({ copies: 1, holders: 8 });
  });
});

it('the peer ranges name these lines, and that of the project', () => {
  const { peerDependencies } = JSON.parse(readFileSync(inProject('package.json'), 'utf8')) as {
    peerDependencies: Record<string, string>;
  };
  const ofNest = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@nestjs/'));
  expect(new Set(ofNest.map(([, range]) => range))).toEqual(new Set(['^11.0.0 || ^12.0.0']));
});

function fixtures(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}
