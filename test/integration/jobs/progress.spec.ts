import { createHash } from 'node:crypto';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { RecordingEmitter } from 'nestjs-socket-gateway/testing';
import {
  jobLike,
  listenToProgress,
  startRedisJobFixture,
  type RedisJobFixture,
} from '../../support/jobs/job-fixture.js';
import { waitFor } from '../../support/wait-for.js';

const CALLS = 100_000;

/** Some real work: less than to read one row of a file and to check it. */
function work(row: number): string {
  return createHash('sha256').update(`row ${row}`.padEnd(1000)).digest('base64');
}

describe('progress that is told 100,000 times', () => {
  let fixture: RedisJobFixture;
  beforeAll(async () => {
    fixture = await startRedisJobFixture();
  });
  afterAll(() => fixture.stop());

  it.each([
    ['in one go', CALLS],
    ['with a pause now and then', 500],
  ])('leaves at most 11 times a second, and the last time it is all, %s', async (_how, pauseEvery) => {
    const job = jobLike();
    const all = listenToProgress(await fixture.client());
    const told = (): typeof all => all.filter(({ jobId }) => jobId === job.id);
    const report = fixture.reporter().for(job, { userId: 'ann' });
    for (let done = 1; done <= CALLS; done++) {
      work(done);
      report.progress(done, CALLS);
      if (done % pauseEvery === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await waitFor('all to be told', () => told().at(-1)?.done === CALLS);
    const times = told().map(({ time }) => time);
    const inSecondFrom = (start: number): number =>
      times.filter((time) => time >= start && time < start + 1000).length;
    expect(Math.max(...times.map(inSecondFrom))).toBeLessThanOrEqual(11);
    const done = told().map((one) => one.done);
    expect(done).toEqual(done.toSorted((one, other) => one - other));
  });
});

describe('progress', () => {
  it('tells its rate, and how long the rest takes', async () => {
    const emitter = new RecordingEmitter();
    const report = new JobReporter(emitter, { progressIntervalMs: 10 }).for(jobLike({ id: 'rate' }));
    const told = (): { done: number; rate: number | null; remainingMs: number | null }[] =>
      emitter.emitsToRoom('job:imports:rate').map(({ data }) => data as never);
    report.progress(0, 1000);
    await waitFor('the first', () => told().length === 1);
    const start = performance.now();
    await waitFor('a while', () => performance.now() - start > 100);
    report.progress(100);
    await waitFor('the second', () => told().length === 2);
    const [first, second] = told();
    expect(first).toMatchObject({ rate: null, remainingMs: null });
    const perMs = 100 / (performance.now() - start);
    expect(second?.rate).toBeGreaterThan(perMs * 1000 * 0.5);
    expect(second?.rate).toBeLessThan(1001);
    expect(second?.remainingMs).toBeNull();
  });

  it('knows no rate of what goes backwards, and sends no numbers that are none', async () => {
    const emitter = new RecordingEmitter();
    const report = new JobReporter(emitter, { progressIntervalMs: 10 }).for(jobLike({ id: 'back' }));
    const told = (): unknown[] => emitter.emitsToRoom('job:imports:back').map(({ data }) => data);
    report.progress(5, 10);
    await waitFor('the first', () => told().length === 1);
    report.progress(2, 10);
    await waitFor('the second', () => told().length === 2);
    report.progress(NaN, 10);
    report.progress(3, 10);
    await waitFor('the third', () => told().length === 3);
    expect(told()).toMatchObject([{ rate: null }, { done: 2, rate: null }, { done: 3 }]);
  });
});
