import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Bull from 'bull';
import { Queue } from 'bullmq';
import { uniquePrefix } from '../../support/gateway-app.js';
import { JobFixture, listen, listenToProgress } from '../../support/jobs/job-fixture.js';
import { RedisProcess } from '../../support/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const WORKER = fileURLToPath(new URL('fixtures/queue-worker.mjs', import.meta.url));

/** How long a queue may take to find that a worker is gone, on a busy machine. */
const TAKEN_OVER_MS = 30_000;

describe.each(['bull', 'bullmq'])('a job of %s whose worker is killed by kill -9', (kind) => {
  const resources = new Resources();
  let redis: RedisProcess;
  let fixture: JobFixture;
  beforeAll(async () => {
    redis = resources.add(await RedisProcess.start());
    fixture = resources.add(await JobFixture.start(redis.url));
  });
  afterAll(() => resources.stop());

  async function startWorker(queue: string, role: 'first' | 'second'): Promise<ChildProcess> {
    const env = { PATH: process.env['PATH'], REDIS_URL: redis.url, SOCKET_REDIS_CHANNEL: fixture.prefix };
    const child = spawn(process.execPath, [WORKER, kind, queue, role], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    resources.add({ stop: () => child.kill('SIGKILL') });
    await once(child.stdout, 'data');
    return child;
  }

  it('is finished by another, and its user is told everything once', async () => {
    const queue = uniquePrefix();
    const client = await fixture.client();
    const heard = listen(client);
    const progress = listenToProgress(client);
    const first = await startWorker(queue, 'first');
    await addJob(queue);
    await waitFor('the first half', () => progress.at(-1)?.done === 1);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await startWorker(queue, 'second');
    await waitFor('the end', () => heard.at(-1)?.startsWith('job_completed'), TAKEN_OVER_MS);
    expect(heard).toEqual([
      'job_started',
      'file_processing a.csv',
      'file_completed a.csv',
      'file_processing b.csv',
      'file_completed b.csv',
      'job_completed {"rows":3}',
    ]);
    expect(progress.at(-1)).toMatchObject({ done: 2, total: 2, run: 2 });
    expect(progress.map(({ run }) => run)).toEqual(progress.map(({ run }) => run).toSorted());
  }, 60_000);

  async function addJob(name: string): Promise<void> {
    const connection = { host: '127.0.0.1', port: redis.port };
    const queue = kind === 'bull' ? new Bull(name, { redis: connection }) : new Queue(name, { connection });
    await (kind === 'bull' ? (queue as Bull.Queue).add({}) : (queue as Queue).add('job', {}));
    await queue.close();
  }
});
