import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../scripts/lib/free-port.mjs';
import { inProject } from '../../scripts/lib/project.mjs';
import { startRedisServer, type RedisServer } from '../../scripts/lib/redis-server.mjs';
import { connectClient, TestClient } from '../support/connect-client.js';
import { INSTALL_TIMEOUT_MS, npmInstall, ownVersions } from '../support/installed-app.js';
import { binary, packPackage } from '../support/packed-package.js';
import { Resources } from '../support/resources.js';
import { succeed } from '../support/run-command.js';
import { TEST_SECRET } from '../support/sign-token.js';
import { waitFor } from '../support/wait-for.js';

/** What README.md says to start the worker's module with. */
const WORKER_MAIN = `
import { NestFactory } from '@nestjs/core';
import { ImportProcessor, WorkerModule } from './worker.module.js';

const app = await NestFactory.createApplicationContext(WorkerModule);
const result = await app.get(ImportProcessor).done('ann', 42);
await app.close();
console.log(result.status);
`;

const resources = new Resources();
let dir: string;
let redis: RedisServer;

beforeAll(async () => {
  redis = resources.add(await startRedisServer());
  const packed = resources.add(await packPackage());
  const folder = await mkdtemp(join(tmpdir(), 'nestjs-socket-gateway-fresh-'));
  resources.add({ stop: () => rm(folder, { recursive: true, force: true }) });
  await succeed(
    binary('nest'),
    ['new', 'fresh', '--skip-install', '--skip-git', '--package-manager', 'npm'],
    {
      cwd: folder,
    },
  );
  dir = join(folder, 'fresh');

  const readme = await readFile(inProject('README.md'), 'utf8');
  await paste(readme);

  const types = Object.entries(await ownVersions(['@types/node'])).map(
    ([name, version]) => `${name}@${version}`,
  );
  // The tools of the fresh application for tests and lint are not what this is about.
  await npmInstall(dir, [packed.file, ...packagesToInstall(readme), ...types], ['--omit=dev']);
}, INSTALL_TIMEOUT_MS);

afterAll(() => resources.stop());

describe('a fresh Nest application with the snippets of README.md', () => {
  it('compiles', async () => {
    await succeed(binary('tsc'), ['-p', 'tsconfig.build.json', '--types', 'node', '--rootDir', 'src'], {
      cwd: dir,
    });
  }, 120_000);

  it('serves an authenticated client, and brings it what the worker emits', async () => {
    const port = await freePort();
    const env = { REDIS_URL: redis.url, JWT_SECRET: TEST_SECRET, PORT: String(port) };
    const server = spawn(process.execPath, ['dist/main.js'], {
      cwd: dir,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    resources.add({ stop: () => server.kill('SIGKILL') });
    let log = '';
    server.stdout.on('data', (text: Buffer) => (log += text.toString()));
    await waitFor('the server to listen', () => {
      if (server.exitCode !== null) throw new Error(`The server has ended:\n${log}`);
      return log.includes('successfully started');
    });
    const url = `http://127.0.0.1:${port}`;
    const ann = resources.add(await waitFor('ann', () => connectClient(url, 'ann').catch(() => undefined)));
    const stranger = resources.add(new TestClient(url, { auth: { token: 'nonsense' } }));
    expect((await stranger.refused()).data).toEqual({ code: 'TOKEN_INVALID' });

    expect(await succeed(process.execPath, ['dist/worker.main.js'], { cwd: dir, env })).toMatch(
      /published\s*$/,
    );
    expect(await ann.received('import:done')).toEqual([{ rows: 42 }]);

    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  }, 120_000);
});

/** Does with the snippets what their first lines say. */
async function paste(readme: string): Promise<void> {
  const [appModule, mainLine] = snippets(readme, 'server');
  const [workerModule] = snippets(readme, 'worker');
  if (!appModule || !mainLine || !workerModule) throw new Error('README.md lacks a snippet.');
  await writeFile(join(dir, 'src/app.module.ts'), appModule);
  await writeFile(join(dir, 'src/worker.module.ts'), workerModule);
  await writeFile(join(dir, 'src/worker.main.ts'), WORKER_MAIN);

  const main = join(dir, 'src/main.ts');
  const generated = await readFile(main, 'utf8');
  const importLine = /import \{[^}]*\} from '[^']+'/.exec(mainLine)?.[0] ?? '';
  const pasted = `${importLine};\n${generated.replace(/^\s*await app\.listen/m, (listen) => `${mainLine}\n${listen}`)}`;
  expect(pasted).toContain('useWebSocketAdapter');
  await writeFile(main, pasted);
}

/** The fenced blocks of TypeScript between `<!-- snippet:NAME -->` and `<!-- /snippet:NAME -->`. */
function snippets(readme: string, name: string): string[] {
  const section = readme.split(`<!-- snippet:${name} -->`)[1]?.split(`<!-- /snippet:${name} -->`)[0] ?? '';
  return [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code as string);
}

/** What README.md says to install beside the library. */
function packagesToInstall(readme: string): string[] {
  const line = /^npm install nestjs-socket-gateway (.+)$/m.exec(readme)?.[1];
  if (line === undefined) throw new Error('README.md does not say what to install.');
  return line.split(' ');
}
