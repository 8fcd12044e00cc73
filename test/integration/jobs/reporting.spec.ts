import { GatewayError, type JobState } from 'nestjs-socket-gateway/contract';
import { JobReporter, type JobLike } from 'nestjs-socket-gateway/jobs';
import { RecordingEmitter } from 'nestjs-socket-gateway/testing';
import { JobFixture, jobLike, listen, listenToProgress } from '../../support/jobs/job-fixture.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { waitFor } from '../../support/wait-for.js';

const ANN = { userId: 'ann' };

describe.each(['in memory', 'in Redis'])('a job that reports, with its rooms %s', (place) => {
  let redis: RedisProcess | undefined;
  let fixture: JobFixture;
  beforeAll(async () => {
    if (place === 'in Redis') redis = await RedisProcess.start();
    fixture = await JobFixture.start(redis?.url);
  });
  afterAll(async () => {
    await fixture.stop();
    await redis?.stop();
  });

  async function run(job: JobLike, body: Parameters<JobReporter['run']>[2]): Promise<unknown> {
    return fixture
      .reporter()
      .run(job, ANN, body)
      .catch((error: unknown) => error);
  }

  it('is told to its user as it happens, each message once, also where the job is watched too', async () => {
    const client = await fixture.client();
    const heard = listen(client);
    const progress = listenToProgress(client);
    const job = jobLike();
    const first = fixture.reporter().for(job, ANN);
    await first.started({ total: 2 });
    const watch = await client.watchJob('imports', String(job.id));
    await first.fileProcessing('a.csv');
    first.progress(1);
    await first.fileCompleted('a.csv', { rows: 3 });
    await first.error(new Error('b.csv is empty'), { file: 'b.csv' });
    first.progress(2);
    // What the end clears before it was told is not told any more.
    await waitFor('the progress', () => progress.at(-1)?.done === 2);
    await first.completed({ rows: 3 });
    expect(await watch.ended).toMatchObject({ status: 'completed', result: { rows: 3 }, filesCompleted: 1 });
    await waitFor('the end', () => heard.at(-1)?.startsWith('job_completed'));
    expect(heard).toEqual([
      'job_started',
      'file_processing a.csv',
      'file_completed a.csv',
      'error b.csv is empty',
      'job_completed {"rows":3}',
    ]);
    expect(progress.at(-1)).toMatchObject({ done: 2, total: 2, run: 1, queue: 'imports', jobId: job.id });
    expect(new Set(progress.map(({ seq }) => seq)).size).toBe(progress.length);
  });

  it('says in a second run only what has not been said, and shows its state to who comes then', async () => {
    const early = await fixture.client();
    const heard = listen(early);
    const job = jobLike();
    const first = fixture.reporter().for(job, ANN);
    await first.started();
    await first.fileCompleted('a.csv');
    await first.fileCompleted('a.csv');
    const second = fixture.reporter().for({ ...job }, ANN);
    await second.started();
    expect(await second.fileCompleted('a.csv')).toMatchObject({ status: 'duplicate' });
    const late = await (await fixture.client()).watchJob('imports', String(job.id));
    expect(late.state).toMatchObject({ status: 'running', run: 2, filesCompleted: 1 });
    await second.fileCompleted('a.csv');
    await second.fileCompleted('b.csv');
    await second.completed();
    await waitFor('the end', () => heard.at(-1)?.startsWith('job_completed'));
    expect(heard).toEqual([
      'job_started',
      'file_completed a.csv',
      'file_completed a.csv',
      'file_completed b.csv',
      'job_completed null',
    ]);
  });

  it('is refused what an older run says once a newer one has reported', async () => {
    const client = await fixture.client();
    const heard = listen(client);
    const progress = listenToProgress(client);
    const job = jobLike();
    const old = fixture.reporter().for(job, ANN);
    await old.started();
    const other = fixture.reporter().for({ ...job }, ANN);
    await other.started();
    old.progress(9, 10);
    for (const late of [
      old.fileCompleted('a.csv'),
      old.failed(new Error('lost the lock')),
      old.completed(),
    ]) {
      expect(await late).toMatchObject({ status: 'failed', error: { code: 'FENCED' } });
    }
    await other.completed('right');
    await waitFor('the end', () => heard.length >= 2);
    expect([heard, progress]).toEqual([['job_started', 'job_completed "right"'], []]);
  });

  it('shows no progress after its end, of whatever run', async () => {
    const client = await fixture.client();
    const heard = listen(client);
    const job = jobLike();
    const report = fixture.reporter().for(job, ANN);
    report.progress(1, 2);
    await report.completed('done');
    await waitFor('the end', () => heard.length === 1);
    const progress = listenToProgress(client);
    const again = fixture.reporter().for({ ...job }, ANN);
    again.progress(1, 2);
    expect(await again.fileProcessing('x')).toMatchObject({ status: 'failed', error: { code: 'FENCED' } });
    const late = await (await fixture.client()).watchJob('imports', String(job.id));
    expect([late.progress, late.state]).toMatchObject([null, { status: 'completed', result: 'done' }]);
    expect(progress).toEqual([]);
  });

  it('is told to fail after its last attempt only, and anew when it is started again by hand', async () => {
    const client = await fixture.client();
    const heard = listen(client);
    const job = jobLike({ opts: { attempts: 2 } });
    const fail = (): never => {
      throw new Error('no');
    };
    await run(job, fail);
    const watch = await (await fixture.client()).watchJob('imports', String(job.id));
    expect(watch.state).toMatchObject({ status: 'retrying', error: { message: 'no', code: 'Error' } });
    await run({ ...job, attemptsMade: 1 }, fail);
    expect(await watch.ended).toMatchObject({ status: 'failed' });
    await run({ ...job, attemptsMade: 2 }, () => 'yes');
    await waitFor('the end', () => heard.at(-1)?.startsWith('job_completed'));
    expect(heard).toEqual([
      'job_started',
      'error no, again',
      'job_failed no',
      'job_started',
      'job_completed "yes"',
    ]);
  });

  it('is another job when a later one gets its id', async () => {
    const client = await fixture.client();
    const heard = listen(client);
    const job = jobLike();
    await run(job, () => 1);
    await run({ ...job, timestamp: 2 }, () => 2);
    await waitFor('both ends', () => heard.length >= 4);
    expect(heard).toEqual(['job_started', 'job_completed 1', 'job_started', 'job_completed 2']);
  });

  it('is said to have failed when the queue gives it up, unless its end has been said', async () => {
    const client = await fixture.client();
    const heard = listen(client);
    const [lost, done] = [jobLike(), jobLike()];
    await fixture.reporter().for(lost, ANN).started();
    await run(done, () => 1);
    for (const job of [lost, lost, done]) {
      await fixture.reporter().lost({ ...job }, ANN, new Error('stalled too often'));
    }
    await fixture.server.gateway.emitToUser('ann', 'end', 1);
    await new Promise((resolve) => client.on('end', resolve));
    expect(heard).toEqual(['job_started', 'job_started', 'job_completed 1', 'job_failed stalled too often']);
  });

  it('is told without the result when that cannot be sent', async () => {
    const client = await fixture.client();
    const heard: unknown[] = [];
    client.on('gateway:job', (message) => heard.push(message));
    await run(jobLike(), () => 'x'.repeat(100_000));
    await run(jobLike(), () => 1n);
    await waitFor('both ends', () => heard.length >= 4);
    const omitted = { type: 'job_completed', result: null, resultOmitted: true };
    expect(heard).toMatchObject([{}, omitted, {}, omitted]);
  });
});

describe('a report', () => {
  const emitter = new RecordingEmitter();
  beforeEach(() => emitter.clear());
  const errorTold = (): unknown => (emitter.emitsToUser('ann').at(-1)?.data as { error: unknown }).error;

  it('tells the first line of an error, its code, and neither its stack nor credentials', async () => {
    const report = new JobReporter(emitter).for(jobLike(), ANN);
    const error = Object.assign(new Error('redis://me:secret@host is away\nSELECT secret'), {
      code: 'E_AWAY',
    });
    await report.error(error);
    expect(errorTold()).toEqual({ message: 'redis://***@host is away', code: 'E_AWAY' });
    await report.error({
      get message() {
        throw error;
      },
    });
    expect(errorTold()).toEqual({ message: 'The job has failed.', code: 'ERROR' });
  });

  it('tells what it is told to tell of an error', async () => {
    const own = { describeError: () => ({ message: 'Sorry.' }), includeStack: true };
    await new JobReporter(emitter, own).for(jobLike(), ANN).error(new TypeError('x'));
    expect(errorTold()).toMatchObject({
      message: 'Sorry.',
      code: 'TypeError',
      stack: expect.any(String) as string,
    });
    const broken = {
      describeError: () => {
        throw new Error('x');
      },
    };
    await new JobReporter(emitter, broken).for(jobLike(), ANN).error(new Error('y'));
    expect(errorTold()).toEqual({ message: 'y', code: 'Error' });
  });

  it('is one for one job object, and another for the next', () => {
    const reporter = new JobReporter(emitter);
    const job = jobLike();
    expect(reporter.for(job)).toBe(reporter.for(job));
    expect(reporter.for({ ...job })).not.toBe(reporter.for(job));
  });

  it('is recorded for unit tests', async () => {
    await new JobReporter(emitter).run(jobLike({ id: '7' }), ANN, () => 1);
    expect(emitter.emitsToUser('ann').map(({ data }) => (data as { type: string }).type)).toEqual([
      'job_started',
      'job_completed',
    ]);
    const states = emitter.emitsToRoom('job:imports:7').filter(({ event }) => event === 'gateway:job-state');
    expect(states.map(({ data }) => (data as JobState).status)).toEqual(['running', 'completed']);
  });

  it('fails as emits do when Redis is not there, and fails no job', async () => {
    const away = new GatewayError('REDIS_NOT_CONFIGURED', 'none');
    emitter.failWith(away);
    const report = new JobReporter(emitter).for(jobLike(), ANN);
    expect(await report.started()).toEqual({ status: 'failed', error: away });
    emitter.failWith(undefined);
    expect(await report.fileCompleted('a')).toMatchObject({ status: 'published' });
  });

  it.each([
    ['a job without an id', () => new JobReporter(emitter).for(jobLike({ id: '' })), 'INVALID_OPTIONS'],
    ['a user that is none', () => new JobReporter(emitter).for(jobLike(), { userId: '' }), 'INVALID_USER'],
    ['an option that is none', () => new JobReporter(emitter, { progressIntervalMs: 1 }), 'INVALID_OPTIONS'],
    ['an emitter of somebody else', () => new JobReporter({} as RecordingEmitter), 'INVALID_OPTIONS'],
  ])('refuses %s', (_what, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }) as Error);
  });
});
