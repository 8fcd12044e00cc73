import { jest } from '@jest/globals';
import { startGuarded } from '../../../scripts/lib/guarded-process.mjs';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DEADLINE_MS, DemoBrowser } from './demo-browser.js';

jest.setTimeout(4 * DEADLINE_MS);

const resources = new Resources();
afterAll(() => resources.stop());

/** The process that answers at this address; undefined while none does. */
async function serverAt(url: string): Promise<number | undefined> {
  try {
    return ((await (await fetch(`${url}/healthz`)).json()) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}

it('`npm start` replaces a server and a worker that are killed in the middle, and the page ends with each result once', async () => {
  const demo = resources.add(await DemoEnvironment.make());
  const redis = resources.add(await RedisProcess.start());
  const browser = resources.add(await DemoBrowser.start());
  const PORT = String(await freePort());
  const started = await startGuarded(process.execPath, {
    args: [inProject('scripts/start.mjs')],
    // Without a secret, as somebody has it who tries the demo.
    env: { ...process.env, ...demo.env, JWT_SECRET: '', REDIS_URL: redis.url, HOST: '127.0.0.1', PORT },
    output: 'collect',
  });
  resources.add({ stop: () => started.end() });
  const url = `http://127.0.0.1:${PORT}`;
  const isUp = (): boolean => started.output().includes(`The sheet importer runs at ${url}`);
  await waitFor('`npm start` to be up', isUp, 2 * DEADLINE_MS);
  const ada = await browser.open(url, 'Ada');
  await ada.import([demo.sample('airports.csv'), await demo.largeFile('large.csv', 2_000_000)]);
  await ada.isInTheMiddleOf('large.csv');
  const worker = Number(/worker (\d+)/.exec((await ada.files())[1]?.text ?? '')?.[1]);
  await ada.reload();
  const server = await serverAt(url);
  process.kill(server as number, 'SIGKILL');
  await ada.connection('reconnecting');
  // It has gone on meanwhile; it must not be done before it is killed.
  process.kill(worker, 'SIGSTOP');
  await waitFor('another server', async () => ((await serverAt(url)) ?? server) !== server, DEADLINE_MS);
  await ada.connection('connected');

  process.kill(worker, 'SIGKILL');
  await ada.card.getByText('Its worker was lost').waitFor();
  await ada.status('Done');
  expect(await ada.outcomes()).toEqual([
    'airports.csv: file_completed × 1',
    'large.csv: file_completed × 1',
    'the import: job_completed × 1',
  ]);
  expect(await ada.fact('gaps')).toBe('none');
});
