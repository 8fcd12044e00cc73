import { jest } from '@jest/globals';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoProcess, DemoServerProcess } from '../../support/demo/demo-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { DEADLINE_MS, DemoBrowser, type DemoPage } from './demo-browser.js';

jest.setTimeout(3 * DEADLINE_MS);

const resources = new Resources();
let demo: DemoEnvironment;
let env: Record<string, string>;
let server: DemoServerProcess;
let worker: DemoProcess;
let browser: DemoBrowser;
let large: string;

beforeAll(async () => {
  demo = resources.add(await DemoEnvironment.make());
  const redis = resources.add(await RedisProcess.start());
  env = { ...demo.env, REDIS_URL: redis.url };
  server = resources.add(await DemoServerProcess.start(env));
  worker = resources.add(await DemoProcess.startWorker(env));
  browser = resources.add(await DemoBrowser.start());
  large = await demo.largeFile('large.csv', 600_000);
});
afterAll(() => resources.stop());

const ALL_ONCE = [
  'airports.csv: file_completed × 1',
  'quote.csv: error × 1',
  'large.csv: file_completed × 1',
  'species.csv: file_completed × 1',
  'the import: job_completed × 1',
];

/** Begins an import, and resolves when two of its files have ended and the third is in the middle. */
async function beginImport(ada: DemoPage): Promise<void> {
  const broken = await demo.file('quote.csv', 'a,b\n1,2\n"3,4\n');
  await ada.import([demo.sample('airports.csv'), broken, large, demo.sample('species.csv')]);
  await ada.isInTheMiddleOf('large.csv');
}

/** Resolves when the import is done; then it must be complete, and everything must have been shown once. */
async function endsWithEachResultOnce(ada: DemoPage): Promise<void> {
  await ada.status('Done');
  expect(await ada.outcomes()).toEqual(ALL_ONCE);
  const files = await ada.files();
  expect(files.map(({ name, share }) => [name, share])).toEqual([
    ['airports.csv', 1],
    ['quote.csv', 0],
    ['large.csv', 1],
    ['species.csv', 1],
  ]);
  expect(files[0]?.text).toContain('3,376 rows');
  expect(files[1]?.text).toContain('never closed');
  expect(files[2]?.text).toContain('600,000 rows');
  expect(await ada.fact('gaps')).toBe('none');
}

describe('a page that comes back', () => {
  it('shows everything once after a reload in the middle of an import, and how far it is', async () => {
    const ada = await browser.open(server.url, 'Ada');
    await beginImport(ada);
    worker.pause();
    await ada.reload();
    await ada.status('Running');
    await ada.isInTheMiddleOf('large.csv');
    expect(Number(await ada.fact('replayed'))).toBeGreaterThanOrEqual(4);
    worker.resume();
    await endsWithEachResultOnce(ada);
    await ada.reload();
    await endsWithEachResultOnce(ada);
  });

  it('shows everything once when it was offline while the import went on and ended', async () => {
    const ada = await browser.open(server.url, 'Ada');
    const witness = await browser.open(server.url, 'Ada');
    await beginImport(ada);
    worker.pause();
    const position = await ada.fact('position');
    await ada.page.getByRole('button', { name: 'Go offline' }).click();
    await ada.connection('offline');
    worker.resume();
    witness.importId = ada.importId;
    await witness.status('Done');
    await ada.status('Running');
    expect(await ada.fact('position')).toBe(position);
    await ada.page.getByRole('button', { name: 'Go online' }).click();
    await endsWithEachResultOnce(ada);
    expect(await ada.fact('replayed')).toContain(', last 5');
    expect(await ada.fact('recovered')).toBe('yes');
    expect(await ada.fact('position')).not.toBe(position);
    await endsWithEachResultOnce(witness);
  });

  it('shows everything once when its server is killed in the middle, after a reload and without one', async () => {
    const other = resources.add(await DemoServerProcess.start(env));
    const [reloaded, stays] = [await browser.open(other.url, 'Ada'), await browser.open(other.url, 'Ada')];
    await beginImport(reloaded);
    worker.pause();
    stays.importId = reloaded.importId;
    await reloaded.reload();
    await reloaded.isInTheMiddleOf('large.csv');
    await other.end('SIGKILL');
    worker.resume();
    await reloaded.connection('reconnecting');
    resources.add(await DemoServerProcess.start(env, other.port));
    for (const page of [reloaded, stays]) {
      await endsWithEachResultOnce(page);
      expect(await page.fact('recovered')).toBe('yes');
    }
  });

  it('shows a visitor who comes late what is kept, and nothing of it to another user', async () => {
    const ada = await browser.open(server.url, 'Ada');
    await ada.import([], ['airports.csv']);
    await ada.status('Done');
    const late = await browser.open(server.url, 'Ada');
    late.importId = ada.importId;
    await late.status('Done');
    expect(await late.outcomes()).toEqual([
      'airports.csv: file_completed × 1',
      'the import: job_completed × 1',
    ]);
    const grace = await browser.open(server.url, 'Grace');
    await grace.page.getByText('Nothing imported yet').waitFor();
  });
});
