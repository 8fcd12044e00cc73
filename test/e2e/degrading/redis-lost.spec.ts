import type { EmitResult } from 'nestjs-socket-gateway';
import type { AppProcess, LogLine } from '../../support/app-process.js';
import type { TestClient } from '../../support/connect-client.js';
import {
  EMIT_TIMEOUT_MS,
  startServer,
  startWorker,
  type ServerProcess,
} from '../../support/gateway-processes.js';
import type { Flood, JobStats } from '../../support/emitter-calls.js';
import { RedisProcess } from '../../support/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

/** How late a timer may fire in a process that shares the machine with others. */
const LATENESS_MS = 500;

const resources = new Resources();
let redis: RedisProcess;
let serverA: ServerProcess;
let serverB: ServerProcess;
let worker: AppProcess;
let ann: TestClient;
let bob: TestClient;
/** What the worker's job had done just before Redis was killed. */
let before: JobStats;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  const env = { REDIS_URL: redis.url };
  [serverA, serverB, worker] = await Promise.all([
    startServer(resources, env),
    startServer(resources, env),
    startWorker(resources, env),
  ]);
  ann = await serverA.connect('ann');
  bob = await serverB.connect('bob');
  await Promise.all([worker.call('startJob', 'ann', 2), serverA.app.call('startJob', 'bob', 2)]);
  await Promise.all([ann.received('job:step', 20), bob.received('job:step', 20)]);

  before = await worker.call<JobStats>('jobStats');
  await redis.kill();
  await waitFor('emits to fail', async () => (await worker.call<JobStats>('jobStats')).failedCount > 0);
}, 30_000);
afterAll(() => resources.stop());

describe('When Redis is lost during emits', () => {
  it('the job goes on', async () => {
    const { steps } = await worker.call<JobStats>('jobStats');
    await waitFor(
      '100 more steps',
      async () => (await worker.call<JobStats>('jobStats')).steps > steps + 100,
      5000,
    );
  });

  it('its emits fail within emitTimeoutMs', async () => {
    const stats = await worker.call<JobStats>('jobStats');
    expect(stats.slowestMs).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    expect(before.failedCount).toBe(0);
    expect(Object.keys(stats.failed).filter((code) => code !== 'EMIT_TIMEOUT')).toEqual([
      'REDIS_UNAVAILABLE',
    ]);
  });

  it('the job waits for no more than one timeout in the whole outage', async () => {
    const { waitedCount } = await worker.call<JobStats>('jobStats');
    expect(waitedCount).toBeLessThanOrEqual(1);
  });

  it("a server's own sockets are still served", async () => {
    await serverA.app.call('emitToUser', 'ann', 'own', 1);
    expect(await ann.received('own')).toEqual([1]);
    const cat = await serverA.connect('cat');
    await serverA.app.call('emitToUser', 'cat', 'own', 2);
    expect(await cat.received('own')).toEqual([2]);
  });

  it("a server's own sockets join and leave rooms and are disconnected, though the others cannot be told", async () => {
    const dan = await serverA.connect('dan');
    const joined = await serverA.app.outcome('joinRoom', { userId: 'dan' }, 'lobby');
    expect(joined.error?.code).toBe('REDIS_UNAVAILABLE');
    await serverA.app.call('emitToRoom', 'lobby', 'in-lobby', 1);
    expect(await dan.received('in-lobby')).toEqual([1]);
    await serverA.app.outcome('leaveRoom', { userId: 'dan' }, 'lobby');
    expect(await serverA.app.call<string[]>('rooms', dan.socket.id)).not.toContain('lobby');
    await serverA.app.outcome('disconnectUser', 'dan');
    await waitFor('dan to be disconnected', () => dan.disconnectCount === 1);
  });

  it('memory does not grow with what is emitted meanwhile', async () => {
    for (const app of [worker, serverA.app]) {
      await app.call<Flood>('flood', 'ann', 5000);
      const flood = await app.call<Flood>('flood', 'ann', 50_000);
      expect(flood.statuses).toEqual({ REDIS_UNAVAILABLE: 50_000 });
      expect(flood.heapGrowth).toBeLessThan(10 * 1024 * 1024);
      expect(flood.rssGrowth).toBeLessThan(100 * 1024 * 1024);
    }
  }, 60_000);

  it('each cause is logged at most once per 10 s, with a count', async () => {
    const counted = /REDIS_UNAVAILABLE.*\((\d+) more in the last 10 s\)/;
    const line = await waitFor('a line with a count', () => worker.lines(counted)[0], 15_000);
    expect(Number(counted.exec(line.text)?.[1])).toBeGreaterThan(100);

    for (const app of [worker, serverA.app, serverB.app]) {
      for (const [cause, times] of groupByCause(app.log)) {
        for (let index = 1; index < times.length; index++) {
          // This process may have been late to read the earlier of the two lines.
          const apartMs = (times[index] as number) - (times[index - 1] as number);
          expect({ cause, isTooSoon: apartMs < 10_000 - LATENESS_MS }).toEqual({ cause, isTooSoon: false });
        }
      }
    }
  }, 30_000);

  it('emits work again by themselves within 5 s after Redis is back', async () => {
    await redis.restart();
    const returned = performance.now();
    const [annHad, bobHad] = [ann.payloads('job:step').length, bob.payloads('job:step').length];
    await Promise.all([ann.received('job:step', annHad + 1), bob.received('job:step', bobHad + 1)]);
    // Each process notices by itself, and at a moment of its own.
    await Promise.all([
      waitFor('the worker to emit', async () =>
        isPublished(await worker.call('emitToUser', 'bob', 'again', 1)),
      ),
      waitFor('a server to emit', async () =>
        isPublished(await serverB.app.call('emitToUser', 'ann', 'again', 1)),
      ),
    ]);
    expect(performance.now() - returned).toBeLessThan(5000);
    await Promise.all([ann.received('again'), bob.received('again')]);
  });

  it('no process has crashed, and no promise was left unhandled', () => {
    for (const app of [worker, serverA.app, serverB.app]) {
      expect(app.isRunning).toBe(true);
      expect(app.output).not.toMatch(/unhandled|MaxListenersExceeded/i);
    }
  });
});

/** When each cause was logged: lines that differ only in their numbers have one cause. */
function groupByCause(log: readonly LogLine[]): Map<string, number[]> {
  const causes = new Map<string, number[]>();
  for (const { at, text } of log) {
    const match = /(?:WARN|ERROR) \[(?:Socket|Worker)Gateway\] (.*)$/.exec(text);
    if (!match) continue;
    const cause = (match[1] as string).replace(/ \(\d+ more in.*\)$/, '').replace(/\d+/g, '0');
    causes.set(cause, [...(causes.get(cause) ?? []), at]);
  }
  return causes;
}

function isPublished(result: unknown): boolean {
  return (result as EmitResult).status === 'published';
}
