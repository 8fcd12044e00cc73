import type { AppProcess } from '../../support/app-process.js';
import type { TestClient } from '../../support/connect-client.js';
import type { Flood, JobStats } from '../../support/emitter-calls.js';
import { QUEUED } from '../../support/expected-replies.js';
import {
  EMIT_TIMEOUT_MS,
  LATENESS_MS,
  startServer,
  startWorker,
  type SentResult,
  type ServerProcess,
} from '../../support/gateway-processes.js';
import { expectUnharmed, startJobs, startOutageSite } from '../../support/outage-site.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { recordTrial } from '../../chaos/support/trials.js';

const LIVE = { delivery: 'live' } as const;

/** How long Redis stays paused: long enough for several attempts to connect to it. */
const PAUSE_MS = 10_000;

const resources = new Resources();
let redis: RedisProcess;
let serverA: ServerProcess;
let serverB: ServerProcess;
let worker: AppProcess;
let ann: TestClient;
let bob: TestClient;
let paused: number;
let slowestAnswerMs = 0;
/** The processes that have emitted 'kept' meanwhile. */
const queuing: number[] = [];

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  const site = await startOutageSite(resources, { REDIS_URL: redis.url });
  ({ serverA, serverB, worker, ann, bob } = site);
  await startJobs(site, 25);
  redis.pause();
  paused = performance.now();
}, 30_000);
afterAll(() => resources.stop());

describe('When Redis is paused during emits', () => {
  it('the first live emits end with EMIT_TIMEOUT, or as unavailable, within emitTimeoutMs', async () => {
    for (const app of [worker, serverA.app]) {
      const stats = (): Promise<JobStats> => app.call<JobStats>('jobStats', 'live');
      await waitFor('emits to fail', async () => (await stats()).failedCount > 0);
      const { failed, slowestMs } = await stats();
      // None where a durable emit was sent a moment before, and has ended the connection by its time.
      expect(failed['EMIT_TIMEOUT'] ?? 0).toBeLessThanOrEqual(1);
      expect(['EMIT_TIMEOUT', 'REDIS_UNAVAILABLE']).toEqual(expect.arrayContaining(Object.keys(failed)));
      expect(slowestMs).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    }
  });

  it('the first durable emits are queued within emitTimeoutMs', async () => {
    for (const app of [worker, serverA.app]) {
      const stats = (): Promise<JobStats> => app.call<JobStats>('jobStats', 'durable');
      await waitFor('emits to be queued', async () => (await stats()).queuedCount > 0);
      const { failedCount, slowestMs } = await stats();
      expect(failedCount).toBe(0);
      expect(slowestMs).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    }
  });

  it('the durable emits after it are queued at once', async () => {
    for (const app of [worker, serverA.app]) {
      const { value, ms } = await app.outcome('emitToUser', 'ann', 'kept', app.pid);
      expect(value).toEqual(QUEUED);
      expect(ms).toBeLessThan(EMIT_TIMEOUT_MS / 2);
    }
  });

  it('the live emits after it fail at once', async () => {
    for (const app of [worker, serverA.app]) {
      const { value, ms } = await app.outcome('emitToUser', 'ann', 'event', 1, LIVE);
      expect(value).toEqual({
        status: 'failed',
        code: 'REDIS_UNAVAILABLE',
        retryable: true,
      } satisfies SentResult);
      expect(ms).toBeLessThan(EMIT_TIMEOUT_MS / 2);
    }
  });

  it('an HTTP route of the same server answers as before', async () => {
    for (let request = 0; request < 20; request++) {
      const askedAt = performance.now();
      const response = await fetch(`${serverA.url}/health`, { signal: AbortSignal.timeout(500) });
      expect(await response.text()).toBe('well');
      slowestAnswerMs = Math.max(slowestAnswerMs, performance.now() - askedAt);
    }
  });

  it("a server's own sockets are still served, new ones too", async () => {
    await serverA.app.call('emitToUser', 'ann', 'own', 1, LIVE);
    expect(await ann.received('own')).toEqual([1]);
    const cat = await serverA.connect('cat');
    await serverA.app.call('emitToUser', 'cat', 'own', 2, LIVE);
    expect(await cat.received('own')).toEqual([2]);
  });

  it('a worker that starts now fails its live emits in time, and queues the durable ones', async () => {
    const late = await startWorker(resources, { REDIS_URL: redis.url });
    const live = await late.outcome('emitToUser', 'ann', 'event', 1, LIVE);
    expect(live.value).toMatchObject({ status: 'failed' });
    expect(live.ms).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    const durable = await late.outcome('emitToUser', 'ann', 'kept', late.pid);
    expect(durable.value).toEqual(QUEUED);
    expect(durable.ms).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    queuing.push(late.pid);
  });

  it('a server that starts now serves its own sockets', async () => {
    const late = await startServer(resources, { REDIS_URL: redis.url });
    const eve = await late.connect('eve');
    await late.app.call('emitToUser', 'eve', 'own', 1, LIVE);
    expect(await eve.received('own')).toEqual([1]);
  });

  it('memory does not grow with what is emitted meanwhile', async () => {
    await worker.call<Flood>('flood', 'live', 'ann', 5000);
    const flood = await worker.call<Flood>('flood', 'live', 'ann', 20_000);
    expect(flood.statuses).toEqual({ REDIS_UNAVAILABLE: 20_000 });
    expect(flood.heapGrowth).toBeLessThan(10 * 1024 * 1024);
  }, 30_000);

  it('the whole pause has cost the job one timeout, not one for each emit', async () => {
    await waitFor('the pause to last', () => performance.now() - paused > PAUSE_MS, PAUSE_MS + 1000);
    for (const app of [worker, serverA.app]) {
      const live = await app.call<JobStats>('jobStats', 'live');
      expect(live.failedCount).toBeGreaterThan(100);
      expect(live.waitedCount).toBe(1);
      const durable = await app.call<JobStats>('jobStats', 'durable');
      expect(durable.queuedCount).toBeGreaterThan(100);
      expect(durable.waitedCount).toBe(1);
      recordTrial({
        trial: `Redis is paused while a ${app === worker ? 'worker' : 'server'} runs jobs`,
        extent: `${PAUSE_MS / 1000} s, emitTimeoutMs ${EMIT_TIMEOUT_MS}, ${live.failedCount} live and ${durable.queuedCount} durable emits meanwhile`,
        result: `${live.waitedCount} live and ${durable.waitedCount} durable emit waited, at most ${durable.slowestMs.toFixed(0)} ms; the others failed, or were queued, at once${app === worker ? '' : `; HTTP routes answered within ${slowestAnswerMs.toFixed(0)} ms`}; afterwards all that was durable arrived, in order and once`,
      });
    }
  }, 20_000);

  it('both work across processes within 5 s after it goes on', async () => {
    redis.resume();
    const resumed = performance.now();
    const isAcross = async (): Promise<boolean> => {
      await serverA.app.call('emitToUser', 'bob', 'again', 'from server');
      await worker.call('emitToUser', 'bob', 'again', 'from worker');
      await serverB.app.call('emitToUser', 'ann', 'again', 'from server');
      await worker.call('emitToUser', 'ann', 'again', 'from worker');
      return [ann, bob].every((client) => new Set(client.payloads('again')).size === 2);
    };
    await waitFor('events across processes', isAcross);
    expect(performance.now() - resumed).toBeLessThan(5000);
  });

  it('every durable event arrives, in order and once: those before, those that were queued, those after', async () => {
    for (const [app, client] of [
      [worker, ann],
      [serverA.app, bob],
    ] as const) {
      const { steps, failedCount } = await app.call<JobStats>('stopJob', 'durable');
      expect(failedCount).toBe(0);
      const all = Array.from({ length: steps }, (_, index) => index);
      expect(await client.received('durable:step', steps)).toEqual(all);
    }
    queuing.push(worker.pid, serverA.app.pid);
    expect((await ann.received('kept', 3)).sort()).toEqual(queuing.sort());
  });

  it('no process has crashed, and no promise was left unhandled', () => {
    expectUnharmed(worker, serverA.app, serverB.app);
  });
});
