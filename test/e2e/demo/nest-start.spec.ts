import { startGuarded } from '../../../scripts/lib/guarded-process.mjs';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const NEST = inProject('node_modules/@nestjs/cli/bin/nest.js');

const resources = new Resources();
let env: Record<string, string>;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  const demo = await DemoEnvironment.make();
  env = { ...demo.env, REDIS_URL: redis.url, HOST: '127.0.0.1', PORT: String(await freePort()) };
});

afterAll(() => resources.stop());

/** As a person would by hand: it builds, and runs what was built. */
async function nest(...args: string[]): Promise<{ output(): string }> {
  const started = await startGuarded(process.execPath, {
    args: [NEST, ...args],
    env: { ...process.env, ...env },
    output: 'collect',
  });
  resources.add({ stop: () => started.end().then(() => undefined) });
  return started;
}

it('`nest start` runs the server, and `nest start worker` beside it the worker', async () => {
  await nest('start');
  await waitFor('the server to answer', isHealthy, 60_000);
  const worker = await nest('start', 'worker');
  await waitFor('the worker to be ready', () => worker.output().includes('The worker is ready'), 60_000);
  expect(await isHealthy()).toBe(true);
}, 120_000);

async function isHealthy(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${env['PORT']}/healthz`)).ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}
