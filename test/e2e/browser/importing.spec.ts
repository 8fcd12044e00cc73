import { jest } from '@jest/globals';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoProcess, DemoServerProcess } from '../../support/demo/demo-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { CardRecording, type Glimpse } from './card-recording.js';
import { DEADLINE_MS, DemoBrowser } from './demo-browser.js';

jest.setTimeout(2 * DEADLINE_MS);

const resources = new Resources();
let demo: DemoEnvironment;
let env: Record<string, string>;
let server: DemoServerProcess;
let worker: DemoProcess;
let browser: DemoBrowser;

beforeAll(async () => {
  demo = resources.add(await DemoEnvironment.make());
  const redis = resources.add(await RedisProcess.start());
  env = { ...demo.env, REDIS_URL: redis.url };
  server = resources.add(await DemoServerProcess.start(env));
  worker = resources.add(await DemoProcess.startWorker(env));
  browser = resources.add(await DemoBrowser.start());
});
afterAll(() => resources.stop());
afterEach(() => expect(browser.complaints).toEqual([]));

describe('importing in a browser', () => {
  it('imports three real files and shows that they are done, their columns, and the worker that did it', async () => {
    const ada = await browser.open(server.url, 'Ada');
    await ada.import(['airports.csv', 'zipcodes.csv', 'birdstrikes.csv'].map((name) => demo.sample(name)));
    await ada.status('Done');
    expect(await ada.files()).toEqual([
      {
        name: 'airports.csv',
        share: 1,
        text: expect.stringMatching(/worker \d+ 3,376 rows .*no problems/) as string,
      },
      { name: 'zipcodes.csv', share: 1, text: expect.stringMatching(/42,049 rows .*rows\/s/) as string },
      { name: 'birdstrikes.csv', share: 1, text: expect.stringContaining(`worker ${worker.pid}`) as string },
    ]);
    const columns = await ada.columns();
    expect(columns.map(({ name, type }) => `${name}: ${type}`)).toContain('latitude: number');
    expect(columns.find(({ name }) => name === 'latitude')?.bars).toBeGreaterThan(10);
    await ada.page.getByRole('button', { name: 'birdstrikes.csv' }).click();
    expect((await ada.columns()).map(({ type }) => type)).toContain('date');
  });

  it('shows the same in two tabs of one user, and nothing to another user', async () => {
    const [first, second] = [await browser.open(server.url, 'Ada'), await browser.open(server.url, 'Ada')];
    const grace = await browser.open(server.url, 'Grace');
    await first.import([], ['airports.csv', 'species.csv']);
    second.importId = first.importId;
    await Promise.all([first.status('Done'), second.status('Done')]);
    expect(await first.files()).toHaveLength(2);
    expect(await second.files()).toEqual(await first.files());
    expect(await second.columns()).toEqual(await first.columns());
    expect(await grace.page.locator('.card').count()).toBe(0);
    await grace.page.getByText('Nothing imported yet').waitFor();
  });

  it('says what is wrong with broken files, and the worker lives on', async () => {
    const ada = await browser.open(server.url, 'Ada');
    await ada.import([
      await demo.file('empty.csv', ''),
      await demo.file('binary.csv', Buffer.from([1, 2, 0, 3])),
      await demo.file('quote.csv', 'a,b\n1,2\n"3,4\n'),
      await demo.file('latin1.csv', Buffer.from('name\nJosé\n', 'latin1')),
      await demo.file('rows.csv', 'a,b\n1,2\n3\n4,5\n'),
    ]);
    await ada.status('Done');
    const texts = (await ada.files()).map(({ text }) => text);
    expect(texts).toEqual([
      expect.stringContaining('This file is empty.'),
      expect.stringContaining('This is a binary file'),
      expect.stringContaining('line 3 is never closed'),
      expect.stringContaining('not encoded as UTF-8'),
      expect.stringContaining('3 rows'),
    ]);
    await ada.card.getByText('1 problem found').click();
    await ada.card.getByText('1 field instead of 2').waitFor();
    expect(worker.isRunning).toBe(true);
  });

  it('finishes with another worker when the first is killed in the middle, with each result once', async () => {
    const ada = await browser.open(server.url, 'Ada');
    const first = await demo.largeFile('first.csv', 400_000);
    const broken = await demo.file('quote.csv', 'a,b\n1,2\n"3,4\n');
    await ada.import([first, broken, await demo.largeFile('large.csv', 400_000)]);
    await ada.isInTheMiddleOf('large.csv');
    const stays = await CardRecording.start(ada);
    // It would be done before another page is open, on a machine that does other things.
    worker.pause();
    const pausedAt = await stays.now();
    const reloaded = await browser.open(server.url, 'Ada');
    reloaded.importId = ada.importId;
    await reloaded.isInTheMiddleOf('large.csv');
    await worker.end('SIGKILL');
    const lost = worker.pid;
    await reloaded.reload();
    await reloaded.status('Running');
    const comesBack = await CardRecording.start(reloaded);
    await reloaded.isInTheMiddleOf('large.csv');
    // Nobody knows yet that it is lost: what is known is shown, and that nothing more is heard.
    await reloaded.card.getByText(/no news for (?:[3-9]|\d\d+) s, since this page is connected/).waitFor();
    await ada.card.getByText(/no news for (?:[3-9]|\d\d+) s/).waitFor();
    expect(await reloaded.files()).toMatchObject([
      { name: 'first.csv', share: 1, text: expect.stringContaining(`worker ${lost}`) as string },
      { name: 'quote.csv', text: expect.stringContaining('never closed') as string },
      { name: 'large.csv', text: expect.stringContaining(`worker ${lost}`) as string },
    ]);
    worker = resources.add(await DemoProcess.startWorker(env));
    for (const page of [ada, reloaded]) {
      await page.card.getByText('Its worker was lost').waitFor();
      await page.card.getByText(/large\.csv (?:is|was) read from its start again/).waitFor();
      await page.status('Done');
    }
    expectNoStaleEstimate(await comesBack.glimpses(), 0);
    // It is withdrawn within 2 s; the rest is for a busy machine.
    expectNoStaleEstimate(await stays.glimpses(), pausedAt + 3500);
    for (const recording of [stays, comesBack]) expectNothingDoneIsLost(await recording.glimpses());

    await reloaded.reload();
    await reloaded.status('Done');
    await reloaded.card.getByText('Its worker was lost').waitFor();
    expect(await reloaded.card.getByText('no news').count()).toBe(0);
    expect(await reloaded.card.locator('.card-facts').textContent()).toMatch(
      /3 files, 1 failed · 800,000 rows · no problems in the other 2 · [\d.]+ s in the last run$/,
    );
    expect(await reloaded.outcomes()).toEqual([
      'first.csv: file_completed × 1',
      'quote.csv: error × 1',
      'large.csv: file_completed × 1',
      'the import: job_completed × 1',
    ]);
    const files = await reloaded.files();
    expect(files.map(({ name, share }) => [name, share])).toEqual([
      ['first.csv', 1],
      ['quote.csv', 0],
      ['large.csv', 1],
    ]);
    // What was done stays: the other worker does it again, but nobody is told twice.
    expect(files[0]?.text).toContain(`worker ${lost}`);
    expect(files[2]?.text).toContain(`worker ${worker.pid}`);
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await browser.open(server.url);
    await page.getByRole('button', { name: 'Alan' }).waitFor();
    const focused = (): Promise<string> =>
      page.evaluate<string>(`(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''`);
    const tabTo = async (text: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press('Tab');
        if ((await focused()).includes(text)) return;
      }
      throw new Error(`The Tab key does not lead to “${text}”.`);
    };
    await tabTo('Alan');
    await page.keyboard.press('Enter');
    await page.locator('#connection[data-state="connected"]').waitFor();
    await tabTo('zipcodes.csv');
    await page.keyboard.press('Space');
    await tabTo('birdstrikes.csv');
    await page.keyboard.press('Space');
    await tabTo('Import 2 files');
    await page.keyboard.press('Enter');
    await page.locator('.card .badge', { hasText: 'Done' }).waitFor();
    await tabTo('birdstrikes.csv');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Columns of birdstrikes.csv' }).waitFor();
  });

  it('fits on narrow screens without scrolling sideways', async () => {
    const ada = await browser.open(server.url, 'Ada', { width: 360, height: 740 });
    await ada.import([], ['airports.csv', 'birdstrikes.csv']);
    await ada.status('Done');
    for (const width of [360, 640, 1000]) {
      await ada.page.setViewportSize({ width, height: 740 });
      const overflow = await ada.page.evaluate<number>('document.body.scrollWidth - window.innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
    }
  });
});

/** Until the other worker begins, the page says after this moment that it hears nothing, and no time that is left. */
function expectNoStaleEstimate(glimpses: Glimpse[], from: number): void {
  const silent = glimpses.filter(({ note }) => note === '');
  const seen = silent.filter(({ at }, index) => (silent[index + 1]?.at ?? Infinity) > from || at > from);
  expect(seen.at(-1)?.facts).toMatch(/no news for [3-9]|no news for \d\d/);
  for (const { facts } of seen) expect(facts).not.toMatch(/left|\/s/);
  if (from > 0) for (const { facts } of seen) expect(facts).toMatch(/no news for \d+ s/);
}

/** When another worker begins, the import is as far as what the user has got, and goes on from there. */
function expectNothingDoneIsLost(glimpses: Glimpse[]): void {
  const again = glimpses.filter(({ badge, note }) => badge === 'Running' && note !== '');
  const shares = again.map(({ facts }) => Number(/(\d+) %/.exec(facts)?.[1]));
  expect(shares[0]).toBeGreaterThan(15);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  const rereading = again.filter(({ facts }) => facts.includes('reading again what was done before'));
  expect(rereading).not.toEqual([]);
  for (const { files } of rereading) {
    expect([files['first.csv']?.share, files['large.csv']?.share]).toEqual([1, 0]);
  }
}
