import { jest } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoProcess, DemoServerProcess } from '../../support/demo/demo-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { DEADLINE_MS, DemoBrowser } from './demo-browser.js';

jest.setTimeout(2 * DEADLINE_MS);

const resources = new Resources();
let demo: DemoEnvironment;
let server: DemoServerProcess;
let worker: DemoProcess;
let browser: DemoBrowser;

beforeAll(async () => {
  demo = resources.add(await DemoEnvironment.make());
  const redis = resources.add(await RedisProcess.start());
  const env = { ...demo.env, REDIS_URL: redis.url, MAIL_AFTER_MS: '3000' };
  server = resources.add(await DemoServerProcess.start(env));
  worker = resources.add(await DemoProcess.startWorker(env));
  browser = resources.add(await DemoBrowser.start());
});
afterAll(() => resources.stop());

describe('how an import ends', () => {
  it('is shown file by file when all samples are imported and one is broken, and after a reload', async () => {
    const ada = await browser.open(server.url, 'Ada');
    const names = await ada.sampleNames();
    await ada.import([], names);
    await ada.status('Done');
    for (let visit = 1; visit <= 2; visit++) {
      const files = await ada.files();
      expect(files.map(({ name }) => name).sort()).toEqual([...names].sort());
      const broken = files.filter(({ share }) => share !== 1);
      expect(broken).toMatchObject([
        { name: 'broken-quote.csv', text: expect.stringContaining('never closed') as string },
      ]);
      await ada.card.getByText(`${names.length} files, 1 failed`).waitFor();
      await ada.card
        .getByText(new RegExp(`problems in the other ${names.length - 1} · [\\d.]+ m?s$`))
        .waitFor();
      expect(await ada.card.getByRole('button', { name: 'Try again' }).count()).toBe(0);
      if (visit === 1) await ada.reload();
      await ada.status('Done');
    }
  });

  it('is a failure that can be tried again, also after a reload, and then begins anew', async () => {
    const ada = await browser.open(server.url, 'Ada');
    await ada.import([await demo.file('empty.csv', '')]);
    await ada.status('Failed');
    await ada.reload();
    await ada.status('Failed');
    await ada.card.getByText('No file could be read.').waitFor();
    const again = ada.card.getByRole('button', { name: 'Try again' });
    await again.click();
    // The file is as empty as before.
    await ada.logHas('job_failed', 2);
    await ada.status('Failed');

    const uploaded = join(demo.env['UPLOAD_DIR'] as string, ada.importId as string, '1.csv');
    await writeFile(uploaded, 'a,b\n1,2\n');
    await again.click();
    await ada.status('Done');
    for (let visit = 1; visit <= 2; visit++) {
      expect(await ada.files()).toMatchObject([
        { name: 'empty.csv', share: 1, text: expect.stringContaining('1 row ') as string },
      ]);
      expect(await again.count()).toBe(0);
      if (visit === 1) await ada.reload();
      await ada.status('Done');
    }
  });

  it('is told by e-mail to who was not there to see it, which the page says when it is opened, and to nobody else', async () => {
    const grace = await browser.open(server.url, 'Grace');
    await grace.import([], ['airports.csv']);
    await grace.status('Done');
    const alan = await browser.open(server.url, 'Alan');
    worker.pause();
    await alan.import([await demo.largeFile('large.csv', 200_000)]);
    await alan.page.context().close();
    worker.resume();
    await server.has(/would have been sent: “Your import of large\.csv is done”/, DEADLINE_MS);
    const later = await browser.open(server.url, 'Alan');
    await later.status('Done');
    const mails = later.page.locator('#mails');
    await mails.getByText('Your import of large.csv is done').waitFor();
    expect(await mails.locator('.mail').count()).toBe(1);
    expect(await grace.page.locator('#mails').isHidden()).toBe(true);
    expect(browser.complaints).toEqual([]);
  });
});
