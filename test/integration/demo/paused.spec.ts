import { Redis } from 'ioredis';
import { register } from 'prom-client';
import { LOCK_MS } from '../../../src/demo/imports/queue-options.js';
import { messagesOf, receivedOf } from '../../support/demo/job-messages.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer, DemoWorker } from './demo-apps.js';

const resources = new Resources();
afterAll(() => resources.stop());

const large = `id,name\n${Array.from({ length: 150_000 }, (_, index) => `${index},name ${index}\n`).join('')}`;

/** How many emits of this process were refused because they were of a job that had ended, or of an older run. */
async function fencedCount(): Promise<number> {
  const metric = await register.getSingleMetric('socket_gateway_failed_emits_total')?.get();
  return (metric?.values ?? []).reduce(
    (sum, { labels, value }) => sum + (labels['code'] === 'FENCED' ? value : 0),
    0,
  );
}

describe('An import of the demo while Redis is paused for longer than the queue knows who has it', () => {
  it('is read once and ended once, and nothing of it fails', async () => {
    const redis = resources.add(await RedisProcess.start());
    const server = resources.add(await DemoServer.start({ REDIS_URL: redis.url }));
    const ada = resources.add(await server.connect('ada'));
    resources.add(await DemoWorker.start(server.config));
    const client = new Redis(redis.url);
    resources.add({ stop: () => client.disconnect() });

    const { body } = await server.import({ 'large.csv': large });
    await receivedOf(ada, 'job_progress');
    redis.pause();
    const pausedAt = performance.now();
    // Meanwhile it is read to its end, and the lock of the job expires.
    await waitFor('the lock to expire', () => performance.now() - pausedAt > LOCK_MS + 2000);
    redis.resume();
    await receivedOf(ada, 'job_completed');
    const key = `${server.config.queuePrefix}:sheet-import:completed`;
    const id = body.importId as string;
    await waitFor('the queue to know that it is done', () => client.zscore(key, id), 20_000);
    await server.uploadsRemoved();

    expect(await ada.received('sheet:sync:ended')).toMatchObject([{ outcome: 'completed' }]);
    expect(ada.payloads('sheet:sync:taken')).toHaveLength(1);
    for (const type of ['job_started', 'file_completed', 'job_completed'] as const)
      expect([type, messagesOf(ada, type)]).toEqual([type, [expect.anything()]]);
    expect(await fencedCount()).toBe(0);
  }, 60_000);
});
