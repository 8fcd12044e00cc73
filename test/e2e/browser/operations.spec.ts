import { jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoProcess, DemoServerProcess } from '../../support/demo/demo-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DEADLINE_MS, DemoBrowser } from './demo-browser.js';

jest.setTimeout(3 * DEADLINE_MS);

const resources = new Resources();
afterAll(() => resources.stop());

/** What the page says in one of its cells, as a number. */
async function figure(page: Page, id: string): Promise<number> {
  return Number((await page.locator(`#${id}`).textContent())?.replace(/,/g, ''));
}

/** What the page says that has happened, the oldest first. */
async function happenings(page: Page): Promise<string[]> {
  return (await page.locator('#happenings li span').allTextContents()).reverse();
}

/** How many points of its colours a chart has drawn. */
function inked(page: Page, chart: string): Promise<number> {
  return page.locator(`#server-charts [data-chart="${chart}"] canvas`).evaluate((canvas) => {
    const it = canvas as unknown as Canvas;
    const { data } = it.getContext('2d').getImageData(0, 0, it.width, it.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length;
  });
}

it('shows the outage and the healing when its button pauses Redis, and nothing is missing', async () => {
  const demo = resources.add(await DemoEnvironment.make());
  const redis = resources.add(await RedisProcess.start());
  const env = { ...demo.env, REDIS_URL: redis.url, DEMO_PAUSE_MS: '8000' };
  const server = resources.add(await DemoServerProcess.start(env));
  const worker = resources.add(await DemoProcess.startWorker(env));
  const browser = resources.add(await DemoBrowser.start());
  const { page } = await browser.open(server.url, 'Ada');
  await page.getByRole('link', { name: 'Operations' }).click();
  const state = page.locator('#state');
  const workerHeard = page.locator(`[data-worker="${worker.pid}"] [data-heard]`);

  await page.getByRole('heading', { name: 'All is well' }).waitFor();
  await page.getByRole('heading', { name: `Server ${server.pid}` }).waitFor();
  await workerHeard.getByText('through Redis').waitFor();
  await waitFor('beats', async () => (await figure(page, 'durable-received')) > 3, DEADLINE_MS);
  await waitFor('charts', async () => (await inked(page, 'Connections')) > 100, DEADLINE_MS);
  expect(await page.locator('[data-chart="Connections"] dd').textContent()).toBe('1');

  await page.getByRole('button', { name: 'Pause Redis for 8 s' }).click();
  await page.getByRole('button', { name: 'Redis is paused' }).waitFor();
  await page.getByRole('heading', { name: 'Redis does not answer' }).waitFor();
  await waitFor('events that wait', async () => /[1-9]\d* events/.test(await state.innerText()), DEADLINE_MS);
  await workerHeard.getByText(/^Not heard since .*: its figures come through Redis$/).waitFor();
  await waitFor(
    'no present value of who is not heard',
    async () =>
      (await page.locator(`[data-worker="${worker.pid}"] [data-chart="Outbox"] dd`).textContent()) === '–',
    DEADLINE_MS,
  );
  expect(await page.locator('#connection').textContent()).toBe('Connected');

  await page.getByRole('heading', { name: 'All is well' }).waitFor();
  await workerHeard.getByText('Heard at').waitFor();
  await page.getByRole('button', { name: 'Pause Redis for 8 s' }).waitFor();
  const sent = await figure(page, 'durable-sent');
  await waitFor('all beats', async () => (await figure(page, 'durable-received')) >= sent, DEADLINE_MS);
  for (const id of ['durable-missing', 'durable-repeated', 'live-repeated']) {
    expect([id, await figure(page, id)]).toEqual([id, 0]);
  }
  const told = [
    /^Ada Lovelace pauses Redis for 8 s$/,
    new RegExp(`^Redis does not answer Server ${server.pid}$`),
    new RegExp(`^Redis answers Server ${server.pid} again, after \\d+\\.\\d s$`),
    new RegExp(`^The outbox of Server ${server.pid} is empty: [1-9]\\d* events had waited in it$`),
    new RegExp(`^Redis answers Worker ${worker.pid} again`),
  ];
  for (const text of told) {
    await waitFor(String(text), async () => (await happenings(page)).some((one) => text.test(one)));
  }

  await worker.end('SIGKILL');
  await workerHeard.getByText(/^Not heard since .*: it has ended, or hangs$/).waitFor();

  for (const width of [360, 640, 1000]) {
    await page.setViewportSize({ width, height: 740 });
    await waitFor(`no scrolling sideways at ${width}`, () =>
      page.evaluate<boolean>('document.body.scrollWidth <= window.innerWidth'),
    );
  }

  await page.getByRole('link', { name: 'Imports' }).click();
  await page.getByRole('heading', { name: 'New import' }).waitFor();
  expect(browser.complaints).toEqual([]);
});

/** What the function above uses of a browser's canvas: the tests are compiled without the types of browsers. */
interface Canvas {
  width: number;
  height: number;
  getContext(
    this: unknown,
    kind: '2d',
  ): {
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8Array };
  };
}
