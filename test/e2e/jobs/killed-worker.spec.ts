import {
  listen,
  listenToProgress,
  startRedisJobFixture,
  type RedisJobFixture,
} from '../../support/jobs/job-fixture.js';
import { addJob, QUEUE_KINDS, startQueueProcess } from '../../support/jobs/queue-processes.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

/** How long a queue may take to find that a worker is gone, on a busy machine. */
const TAKEN_OVER_MS = 30_000;

describe.each(QUEUE_KINDS)('a job of %s whose worker is killed by kill -9', (kind) => {
  const resources = new Resources();
  let fixture: RedisJobFixture;
  beforeAll(async () => {
    fixture = resources.add(await startRedisJobFixture());
  });
  afterAll(() => resources.stop());

  it('is finished by another, and its user is told everything once', async () => {
    const place = { kind, queue: uniquePrefix(), redis: fixture.redis, prefix: fixture.prefix };
    const client = await fixture.client();
    const heard = listen(client);
    const progress = listenToProgress(client);
    const first = await startQueueProcess(resources, place, 'first', '1:6');
    await addJob(place, { userId: 'ann' });
    await waitFor('the first half', () => progress.at(-1)?.done === 6);
    await first.stop();
    await startQueueProcess(resources, place, 'last');
    await waitFor('the end', () => heard.at(-1)?.startsWith('job_completed'), TAKEN_OVER_MS);
    expect(heard).toEqual([
      'job_started',
      ...['a.csv', 'b.csv', 'c.csv'].flatMap((file) => [`file_processing ${file}`, `file_completed ${file}`]),
      'job_completed {"rows":12}',
    ]);
    expect(progress.at(-1)).toMatchObject({ done: 12, total: 12, run: 2 });
    expect(progress.map(({ run }) => run)).toEqual(progress.map(({ run }) => run).toSorted());
  }, 60_000);
});
