import type { INestApplicationContext } from '@nestjs/common';
import { BULL } from '../../support/jobs/bull-queue.js';
import { BULLMQ } from '../../support/jobs/bullmq-queue.js';
import {
  listen,
  listenToProgress,
  startRedisJobFixture,
  type RedisJobFixture,
} from '../../support/jobs/job-fixture.js';
import { startQueueWorker, type QueueUnderTest, type Work } from '../../support/jobs/queue-under-test.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const ANN = { userId: 'ann' };

describe.each<[string, QueueUnderTest]>([
  ['Bull 4', BULL],
  ['BullMQ', BULLMQ],
])('a job of %s', (_name, kind) => {
  let fixture: RedisJobFixture;
  let queue: string;
  let resources: Resources;
  let metrics: RecordedMetrics;
  beforeAll(async () => {
    fixture = await startRedisJobFixture();
  });
  afterAll(() => fixture.stop());
  beforeEach(() => {
    queue = uniquePrefix();
    metrics = new RecordedMetrics();
    resources = new Resources();
  });
  afterEach(() => resources.stop());

  function startWorker(work: Work, keepsLock = true): Promise<INestApplicationContext> {
    const { redis } = fixture;
    const gateway = { redis: redis.url, prefix: fixture.prefix, metrics };
    return startQueueWorker(
      kind,
      resources,
      gateway,
      { name: queue, redisPort: redis.port, keepsLock },
      work,
    );
  }

  /** Adds a job and waits for the end that its user is told. */
  async function heardOf(worker: INestApplicationContext, attempts: number): Promise<string[]> {
    const heard = listen(await fixture.client());
    await kind.add(worker, queue, attempts);
    await waitFor(
      'the end of the job',
      () => heard.some((one) => /^job_(completed|failed)/.test(one)),
      15_000,
    );
    return heard;
  }

  it('that succeeds is told from its start to its end', async () => {
    const progress = listenToProgress(await fixture.client());
    const worker = await startWorker((job, reporter) =>
      reporter.run(job, { ...ANN, total: 10 }, async (report) => {
        await report.fileProcessing('a.csv');
        for (let done = 1; done <= 10; done++) report.progress(done);
        await report.fileCompleted('a.csv', { rows: 10 });
        return { files: 1 };
      }),
    );
    expect(await heardOf(worker, 1)).toEqual([
      'job_started',
      'file_processing a.csv',
      'file_completed a.csv',
      'job_completed {"files":1}',
    ]);
    expect(progress.at(-1)).toMatchObject({ done: 10, total: 10, queue });
  });

  it('that fails, is tried again and succeeds is told so, and what was done is not done twice', async () => {
    let runCount = 0;
    const worker = await startWorker((job, reporter) =>
      reporter.run(job, ANN, async (report) => {
        await report.fileCompleted('a.csv');
        if (++runCount === 1) throw new Error('the disk is full');
        await report.fileCompleted('b.csv');
        return runCount;
      }),
    );
    expect(await heardOf(worker, 3)).toEqual([
      'job_started',
      'file_completed a.csv',
      'error the disk is full, again',
      'file_completed b.csv',
      'job_completed 2',
    ]);
  });

  it('that fails at each attempt is said to have failed after the last', async () => {
    let runCount = 0;
    const worker = await startWorker((job, reporter) =>
      reporter.run(job, ANN, () => {
        throw new Error(`failure ${++runCount}`);
      }),
    );
    expect(await heardOf(worker, 3)).toEqual([
      'job_started',
      'error failure 1, again',
      'error failure 2, again',
      'job_failed failure 3',
    ]);
  });

  it('that stalls and is taken over is told by who took it over only, though the first wakes up and goes on', async () => {
    const heard = listen(await fixture.client());
    const progress = listenToProgress(await fixture.client());
    let hasTakenOver!: () => void;
    const takenOver = new Promise<void>((resolve) => (hasTakenOver = resolve));
    const late: Promise<unknown>[] = [];
    let hasWokenUp!: () => void;
    const wokenUp = new Promise<void>((resolve) => (hasWokenUp = resolve));

    const first = await startWorker(
      (job, reporter) =>
        reporter
          .run(job, ANN, async (report) => {
            await report.fileCompleted('a.csv');
            await takenOver;
            report.progress(99, 100);
            late.push(report.fileCompleted('wrong.csv'), report.error(new Error('wrong')));
            await Promise.all(late);
            hasWokenUp();
            return 'wrong';
          })
          .finally(() => late.push(reporter.for(job).completed('wrong'))),
      false,
    );
    const id = await kind.add(first, queue, 1);
    await waitFor('the first to have begun', () => heard.includes('file_completed a.csv'));
    const second = await startWorker((job, reporter) =>
      reporter.run(job, ANN, async (report) => {
        await report.fileCompleted('a.csv');
        hasTakenOver();
        await wokenUp;
        report.progress(1, 2);
        await report.fileCompleted('b.csv');
        return 'right';
      }),
    );
    await waitFor('the end', () => heard.at(-1)?.startsWith('job_completed'), 15_000);
    await waitFor('the queue to know', async () => (await kind.stateOf(second, queue, id)) === 'completed');
    await waitFor('the last of the first', () => late.length === 3);
    for (const result of await Promise.all(late)) {
      expect(result).toMatchObject({ status: 'failed', error: { code: 'FENCED' } });
    }
    // Each of the three was for two rooms at least.
    expect(metrics.count('failed_emits_total', { code: 'FENCED' })).toBeGreaterThanOrEqual(6);
    expect(heard).toEqual([
      'job_started',
      'file_completed a.csv',
      'file_completed b.csv',
      'job_completed "right"',
    ]);
    expect(progress.filter(({ done }) => done === 99)).toEqual([]);
    const watch = await (await fixture.client()).watchJob(queue, id);
    expect([watch.state, watch.progress]).toMatchObject([
      { status: 'completed', result: 'right', run: 2 },
      null,
    ]);
  });
});
