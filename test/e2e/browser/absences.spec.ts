import { jest } from '@jest/globals';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoServerProcess } from '../../support/demo/demo-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { DEADLINE_MS, DemoBrowser } from './demo-browser.js';

jest.setTimeout(2 * DEADLINE_MS);

const resources = new Resources();
let demo: DemoEnvironment;
let browser: DemoBrowser;

beforeAll(async () => {
  demo = resources.add(await DemoEnvironment.make());
  browser = resources.add(await DemoBrowser.start());
});
afterAll(() => resources.stop());

describe('the page', () => {
  it('works without Redis, in one process', async () => {
    const server = resources.add(await DemoServerProcess.start(demo.env));
    const ada = await browser.open(server.url, 'Ada');
    await ada.import([demo.sample('zipcodes.csv')], ['airports.csv', 'stocks.csv']);
    await ada.status('Done');
    const files = await ada.files();
    expect(files.map(({ name }) => name)).toEqual(['zipcodes.csv', 'airports.csv', 'stocks.csv']);
    for (const { text, share } of files) {
      expect(text).toContain(`server ${server.pid}`);
      expect(share).toBe(1);
    }
  });

  it('says beforehand how much can be uploaded, and does not send more', async () => {
    const env = { ...demo.env, MAX_UPLOAD_BYTES: '100000' };
    const server = resources.add(await DemoServerProcess.start(env));
    const ada = await browser.open(server.url, 'Ada');
    await ada.page.getByText('Up to 97.7 KB and 30 files at once').waitFor();
    await ada.page.setInputFiles('#files', demo.sample('zipcodes.csv'));
    await ada.page.getByText('at most 97.7 KB can be uploaded at once').waitFor();
    await ada.page.getByRole('button', { name: /^Import 1 file/ }).click({ force: true });
    expect(await ada.page.locator('.card').count()).toBe(0);
  });

  it('says so when the queue cannot be reached, and can be asked again', async () => {
    const redis = resources.add(await RedisProcess.start());
    const server = resources.add(await DemoServerProcess.start({ ...demo.env, REDIS_URL: redis.url }));
    const ada = await browser.open(server.url, 'Ada');
    await redis.kill();
    await ada.import([demo.sample('airports.csv')]);
    await ada.page.getByText('The job queue cannot be reached at the moment').waitFor();
    await redis.restart();
    const button = ada.page.getByRole('button', { name: /^Import 1 file/ });
    while ((await ada.page.locator('.card').count()) === 0) {
      await button.click();
      await ada.page.locator('.card, #picker-message:not(:empty)').first().waitFor();
    }
    await ada.status('Waiting');
  });

  it('shows that the server is away, and comes back by itself', async () => {
    const server = await DemoServerProcess.start(demo.env);
    const ada = await browser.open(server.url, 'Ada');
    await server.end('SIGKILL');
    await ada.connection('reconnecting');
    resources.add(await DemoServerProcess.start(demo.env, server.port));
    await ada.connection('connected');
  });

  it('asks to log in again when the server does not know the login any more', async () => {
    const server = await DemoServerProcess.start(demo.env);
    const ada = await browser.open(server.url, 'Ada');
    await server.end('SIGTERM');
    resources.add(await DemoServerProcess.start({ ...demo.env, JWT_SECRET: 'another secret' }, server.port));
    await ada.page.getByText('The server does not know your login any more').waitFor();
    await ada.logIn('Grace');
  });

  it('keeps the login of a tab over a reload', async () => {
    const server = resources.add(await DemoServerProcess.start(demo.env));
    const ada = await browser.open(server.url, 'Ada');
    await ada.page.reload();
    await ada.connection('connected');
    await ada.page.getByText('Ada Lovelace').waitFor();
  });
});
