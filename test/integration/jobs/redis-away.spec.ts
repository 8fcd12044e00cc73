import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
import {
  jobLike,
  listen,
  startRedisJobFixture,
  type RedisJobFixture,
} from '../../support/jobs/job-fixture.js';
import { waitFor } from '../../support/wait-for.js';

const quiet = { log: () => undefined, warn: () => undefined, error: () => undefined };

describe('a job that begins while Redis is away', () => {
  let fixture: RedisJobFixture;
  beforeAll(async () => {
    fixture = await startRedisJobFixture();
  });
  afterAll(() => fixture.stop());

  it('goes on, and is told in order when Redis is back', async () => {
    const { redis } = fixture;
    const heard = listen(await fixture.client());
    const emitter = createWorkerEmitter({ redis: redis.url, prefix: fixture.prefix, logger: quiet });
    fixture.resources.add({ stop: () => emitter.close() });
    await redis.kill();
    const report = new JobReporter(emitter).for(jobLike(), { userId: 'ann' });
    const said = [report.started(), report.fileCompleted('a.csv'), report.completed(1)];
    for (const result of await Promise.all(said)) expect(result).toEqual({ status: 'queued' });
    await redis.restart();
    await waitFor('all to be told', () => heard.length === 3, 20_000);
    expect(heard).toEqual(['job_started', 'file_completed a.csv', 'job_completed 1']);
  }, 40_000);

  it('takes a thousand reports, and refuses more', async () => {
    const { redis } = fixture;
    const emitter = createWorkerEmitter({ redis: redis.url, prefix: fixture.prefix, logger: quiet });
    fixture.resources.add({ stop: () => emitter.close() });
    redis.pause();
    const report = new JobReporter(emitter).for(jobLike(), { userId: 'ann' });
    const said = Array.from({ length: 1001 }, (_, index) => report.fileCompleted(`${index}`));
    expect(await said[1000]).toMatchObject({ status: 'failed', error: { code: 'OUTBOX_FULL' } });
    redis.resume();
    expect(await said[0]).not.toMatchObject({ status: 'failed' });
  });
});
