import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestClient } from '../../support/connect-client.js';
import { messagesOf, receivedOf } from '../../support/demo/job-messages.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer, DemoWorker } from './demo-apps.js';

const resources = new Resources();
let redis: RedisProcess;
let server: DemoServer;
beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  server = resources.add(await DemoServer.start({ REDIS_URL: redis.url }));
});
afterAll(() => resources.stop());

const large = `id,name\n${Array.from({ length: 150_000 }, (_, index) => `${index},name ${index}\n`).join('')}`;

/**
 * Imports until the user hears that one is completed. After an absence of Redis each connection comes back in its own
 * time, and what is sent `live` before they all have is lost.
 */
async function importUntilHeard(of: DemoServer, client: TestClient): Promise<void> {
  const token = await of.login();
  const heard = (): boolean => messagesOf(client, 'job_completed').length > 0;
  await waitFor(
    'an import to be heard of',
    async () => {
      const { status } = await of.import({}, ['github.csv'], token);
      if (status === 202) await waitFor('its events', heard, 2000).catch(() => undefined);
      return heard();
    },
    20_000,
  );
}

describe('the demo with workers', () => {
  it('stops in order while Redis is away', async () => {
    const other = await RedisProcess.start();
    const alone = await DemoServer.start({ REDIS_URL: other.url });
    const worker = await DemoWorker.start(alone.config);
    await other.stop();
    await worker.stop();
    await alone.stop();
  });

  it('queues an import until there is a worker, which tells the user and removes what was uploaded', async () => {
    const ada = resources.add(await server.connect('ada'));
    const { status, body } = await server.import({ 'a.csv': 'a,b\n1,2\n' }, ['airports.csv']);
    expect(status).toBe(202);
    await ada.received('sheet:sync:queued');
    expect(await server.uploads()).toEqual([body.importId]);
    const worker = await DemoWorker.start(server.config);
    try {
      const [completed] = await receivedOf(ada, 'job_completed');
      expect(completed).toMatchObject({ jobId: body.importId, result: { rows: 3377 } });
      expect(ada.payloads('sheet:sync:taken')).toMatchObject([{ role: 'worker' }]);
      await server.uploadsRemoved();
    } finally {
      await worker.stop();
    }
  });

  it('hands an import to another worker when the one that does it is stopped', async () => {
    const ada = resources.add(await server.connect('ada'));
    const first = await DemoWorker.start(server.config);
    await server.import({ 'large.csv': large });
    await receivedOf(ada, 'job_progress', 2);
    await first.stop();
    expect(messagesOf(ada, 'job_completed')).toEqual([]);
    expect(messagesOf(ada, 'error')).toMatchObject([{ file: null, willRetry: true }]);
    const second = await DemoWorker.start(server.config);
    try {
      const [completed] = await receivedOf(ada, 'job_completed');
      const [started] = messagesOf(ada, 'job_started');
      expect(completed?.run).toBeGreaterThan(started?.run ?? Infinity);
      expect(messagesOf(ada, 'job_started')).toHaveLength(1);
      expect(messagesOf(ada, 'file_completed')).toMatchObject([{ result: { sheet: { rows: 150_000 } } }]);
      expect(ada.payloads('sheet:sync:taken')).toHaveLength(2);
      await server.uploadsRemoved();
    } finally {
      await second.stop();
    }
  }, 40_000);

  it('does a failed import again for its user only, once, and tells it anew', async () => {
    const ada = resources.add(await server.connect('ada'));
    const [token, grace] = [await server.login('ada'), await server.login('grace')];
    const { body } = await server.import({ 'lost.csv': 'a\n1\n', 'good.csv': 'a\n1\n' }, [], token);
    const path = join(server.config.uploadDir, body.importId as string, '1.csv');
    expect(await server.retry(body.importId, token)).toBe(409);
    await unlink(path);
    const worker = await DemoWorker.start(server.config);
    try {
      expect(await receivedOf(ada, 'job_failed')).toHaveLength(1);
      expect(messagesOf(ada, 'error')).toMatchObject([
        { file: 'lost.csv', error: { message: 'The file is not there.' } },
      ]);
      expect(messagesOf(ada, 'file_completed')).toMatchObject([{ file: 'good.csv' }]);
      await writeFile(path, 'a\n1\n');
      expect(await server.retry(body.importId, grace)).toBe(404);
      await waitFor(
        'Bull to know that it has failed',
        async () => (await server.retry(body.importId, token)) === 202,
      );
      expect(await receivedOf(ada, 'job_completed')).toMatchObject([{ result: { files: 2, rows: 2 } }]);
      expect(messagesOf(ada, 'job_started')).toHaveLength(2);
      expect(messagesOf(ada, 'file_completed').map(({ file }) => file)).toEqual([
        'good.csv',
        'lost.csv',
        'good.csv',
      ]);
      await server.uploadsRemoved();
      await waitFor('both ends', () => ada.payloads('sheet:sync:ended').length === 2);
      expect(await server.retry(body.importId, token)).toBe(409);
    } finally {
      await worker.stop();
    }
  }, 40_000);

  it('refuses within 3 s while Redis does not answer, and imports nothing when the job arrives late', async () => {
    const ada = resources.add(await server.connect('ada'));
    redis.pause();
    let answer;
    try {
      answer = await server.import({ 'a.csv': 'a\n1\n' }, ['airports.csv']);
    } finally {
      redis.resume();
    }
    expect(answer).toMatchObject({
      status: 503,
      body: { message: expect.stringContaining('Try again') as string },
    });
    expect(answer.ms).toBeLessThan(3000);
    expect(await server.uploads()).toEqual([]);
    const worker = await DemoWorker.start(server.config);
    try {
      // The queue is first in, first out: when a later import is done, the late one has been dealt with.
      await importUntilHeard(server, ada);
      const taken = ada.payloads('sheet:sync:taken') as { files: { name: string }[] }[];
      expect(taken.flatMap(({ files }) => files.map(({ name }) => name))).not.toContain('airports.csv');
    } finally {
      await worker.stop();
    }
  }, 40_000);

  it('starts while Redis is away, refuses imports within 3 s, and takes them when Redis comes', async () => {
    const late = resources.add(await RedisProcess.start());
    await late.kill();
    const lonely = resources.add(await DemoServer.start({ REDIS_URL: late.url }));
    const worker = resources.add(await DemoWorker.start(lonely.config));
    expect(worker).toBeDefined();
    const answer = await lonely.import({ 'a.csv': 'a\n1\n' });
    expect(answer.status).toBe(503);
    expect(answer.ms).toBeLessThan(3000);
    expect(await lonely.uploads()).toEqual([]);
    const ada = resources.add(await lonely.connect('ada'));
    await late.restart();
    await importUntilHeard(lonely, ada);
  }, 40_000);
});
