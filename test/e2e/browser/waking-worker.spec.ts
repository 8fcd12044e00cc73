import { jest } from '@jest/globals';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoProcess, DemoServerProcess } from '../../support/demo/demo-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { CardRecording, type Glimpse } from './card-recording.js';
import { DEADLINE_MS, DemoBrowser, type DemoPage } from './demo-browser.js';

jest.setTimeout(2 * DEADLINE_MS);

const FILES = ['airports.csv', 'large.csv', 'zipcodes.csv'];

const resources = new Resources();
let demo: DemoEnvironment;
let server: DemoServerProcess;
let workers: DemoProcess[];
let browser: DemoBrowser;
let large: string;

beforeAll(async () => {
  demo = resources.add(await DemoEnvironment.make());
  const redis = resources.add(await RedisProcess.start());
  const env = { ...demo.env, REDIS_URL: redis.url };
  server = resources.add(await DemoServerProcess.start(env));
  workers = await Promise.all([1, 2].map(() => DemoProcess.startWorker(env)));
  for (const worker of workers) resources.add(worker);
  browser = resources.add(await DemoBrowser.start());
  large = await demo.largeFile('large.csv', 600_000);
});
afterAll(() => resources.stop());
afterEach(() => expect(browser.complaints).toEqual([]));

describe('a worker that is frozen in the middle of an import', () => {
  it.each([
    ['while the other works', 'Ada'],
    ['after the other has finished', 'Ada'],
  ])(
    'changes nothing that the page says of the one that took over, when it wakes %s',
    async (wakes, user) => {
      const page = await browser.open(server.url, user);
      await page.import([demo.sample('airports.csv'), large, demo.sample('zipcodes.csv')]);
      await page.isInTheMiddleOf('large.csv');
      const [frozen, other] = await whoHas(page);
      await page.isInTheMiddleOf('large.csv', 0.3);
      frozen.pause();
      const recording = await CardRecording.start(page);
      await page.card.getByText('Its worker was lost').waitFor();
      if (wakes === 'after the other has finished') await page.status('Done');
      frozen.resume();
      // It goes on to its end, and is told there that the job is not its own any more.
      await frozen.has(new RegExp(`(?:Missing lock|Lock mismatch) for job ${page.importId}`), DEADLINE_MS);
      await page.status('Done');

      const glimpses = await recording.glimpses();
      const takenAt = glimpses.findIndex(({ facts }) => facts.includes(`in worker ${other.pid}`));
      expectOnly(frozen, glimpses.slice(0, takenAt));
      expectOneRun(other, glimpses.slice(takenAt));
      for (let visit = 1; visit <= 2; visit++) {
        await page.card.getByText('Its worker was lost').waitFor();
        expect(await page.outcomes()).toEqual([
          ...FILES.map((name) => `${name}: file_completed × 1`),
          'the import: job_completed × 1',
        ]);
        const done = [frozen, other, other].map(({ pid }, index) => ({
          name: FILES[index],
          share: 1,
          text: expect.stringContaining(`worker ${pid} `) as string,
        }));
        expect(await page.files()).toMatchObject(done);
        expect(await page.card.getByText('no news').count()).toBe(0);
        if (visit === 1) await page.reload();
        await page.status('Done');
      }
      await page.page.context().close();
    },
  );
});

/** The worker that has the import, as the page says, and the other one. */
async function whoHas(page: DemoPage): Promise<[DemoProcess, DemoProcess]> {
  const facts = (await page.card.locator('.card-facts').textContent()) ?? '';
  const [has, other] = workers.toSorted(
    (a, b) => Number(facts.includes(`worker ${b.pid}`)) - Number(facts.includes(`worker ${a.pid}`)),
  ) as [DemoProcess, DemoProcess];
  expect(facts).toContain(`in worker ${has.pid}`);
  return [has, other];
}

/** Nobody has taken over yet: how far the worker came stays. */
function expectOnly(worker: DemoProcess, glimpses: Glimpse[]): void {
  for (const { badge, facts, note, files } of glimpses) {
    expect(badge).toBe('Running');
    expect(facts).toContain(`in worker ${worker.pid}`);
    expect(note).toBe('');
    expect(files['large.csv']).toMatchObject({ origin: `worker ${worker.pid}` });
    expect(files['large.csv']?.share).toBeGreaterThan(0.3);
  }
}

/** One worker begins with what was not done, goes on and ends, once. */
function expectOneRun(worker: DemoProcess, glimpses: Glimpse[]): void {
  const badges = glimpses.map(({ badge }) => badge);
  expect(badges.filter((badge, index) => badge !== badges[index - 1])).toEqual(['Running', 'Done']);
  for (const { note, files } of glimpses) {
    expect(note).toContain('Its worker was lost');
    expect(files['airports.csv']?.share).toBe(1);
    expect(['', `worker ${worker.pid}`]).toContain(files['large.csv']?.origin);
  }
  for (const name of ['large.csv', 'zipcodes.csv']) {
    const shares = glimpses.map(({ files }) => files[name]?.share ?? NaN);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[0]).toBeLessThan(0.3);
    // The small one may be done between two frames of the page.
    if (name === 'large.csv') expect(shares.filter((share) => share > 0 && share < 1)).not.toEqual([]);
  }
}
