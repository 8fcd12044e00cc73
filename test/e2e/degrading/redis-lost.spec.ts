import type { EmitResult } from 'nestjs-socket-gateway';
import type { AppProcess, LogLine } from '../../support/app-process.js';
import type { TestClient } from '../../support/connect-client.js';
import { EMIT_TIMEOUT_MS, LATENESS_MS, type ServerProcess } from '../../support/gateway-processes.js';
import type { Flood, JobStats } from '../../support/emitter-calls.js';
import { joinedRoom, QUEUED } from '../../support/expected-replies.js';
import { expectUnharmed, startJobs, startOutageSite } from '../../support/outage-site.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const DELIVERIES = ['live', 'durable'] as const;
const LIVE = { delivery: 'live' } as const;

/** How late this process may be to read what another one has written. */
const READ_LATE_MS = 3000;

const resources = new Resources();
let redis: RedisProcess;
let serverA: ServerProcess;
let serverB: ServerProcess;
let worker: AppProcess;
let ann: TestClient;
let bob: TestClient;
/** What the worker's live job had done just before Redis was killed. */
let before: JobStats;
/** Whoever connected while Redis was away. */
let cat: TestClient;
/** Whoever is to be disconnected by a server that could not be told so. */
let disconnectedLater: TestClient;
/** What the durable jobs had done at their end, while Redis was away. */
const jobs = new Map<AppProcess, JobStats>();

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  const site = await startOutageSite(resources, { REDIS_URL: redis.url });
  ({ serverA, serverB, worker, ann, bob } = site);
  await startJobs(site, 20);

  before = await stats('live');
  await redis.kill();
  await waitFor('emits to fail', async () => (await stats('live')).failedCount > 0);
  await waitFor('emits to be queued', async () => (await stats('durable')).queuedCount > 0);
}, 30_000);
afterAll(() => resources.stop());

async function stats(delivery: (typeof DELIVERIES)[number]): Promise<JobStats> {
  return worker.call<JobStats>('jobStats', delivery);
}

describe('When Redis is lost during emits', () => {
  it.each(DELIVERIES)('the job goes on (%s)', async (delivery) => {
    const { steps } = await stats(delivery);
    await waitFor('100 more steps', async () => (await stats(delivery)).steps > steps + 100, 5000);
  });

  it('its live emits fail within emitTimeoutMs', async () => {
    const { slowestMs, failed, queuedCount } = await stats('live');
    expect(slowestMs).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    expect(before.failedCount).toBe(0);
    expect(Object.keys(failed).filter((code) => code !== 'EMIT_TIMEOUT')).toEqual(['REDIS_UNAVAILABLE']);
    expect(queuedCount).toBe(0);
  });

  it('its durable emits are queued within emitTimeoutMs, and none fails', async () => {
    const { slowestMs, failedCount, queuedCount } = await stats('durable');
    expect(slowestMs).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    expect(queuedCount).toBeGreaterThan(50);
    expect(failedCount).toBe(0);
  });

  it.each(DELIVERIES)(
    'the job waits for no more than one timeout in the whole outage (%s)',
    async (delivery) => {
      expect((await stats(delivery)).waitedCount).toBeLessThanOrEqual(1);
    },
  );

  it("a server's own sockets are still served with what is live, new ones too", async () => {
    await serverA.app.call('emitToUser', 'ann', 'own', 1, LIVE);
    expect(await ann.received('own')).toEqual([1]);
    cat = await serverA.connect('cat');
    await serverA.app.call('emitToUser', 'cat', 'own', 2, LIVE);
    expect(await cat.received('own')).toEqual([2]);
  });

  it('a socket that connects is told that its rooms are pending', () => {
    expect(cat.payloads('gateway:ready')).toEqual([
      {
        userId: 'cat',
        rooms: [{ room: 'user:cat', ok: true, position: null, recovered: null, replayed: 0, pending: true }],
      },
    ]);
  });

  it('what is durable is shown to nobody before the log has it', async () => {
    for (const userId of ['ann', 'cat']) {
      expect(await serverA.app.call('emitToUser', userId, 'kept', userId)).toEqual(QUEUED);
    }
    // What is emitted after them arrives, and they do not.
    await serverA.app.call('broadcast', 'after', 1);
    await Promise.all([ann.received('after'), cat.received('after')]);
    expect([ann.payloads('kept'), cat.payloads('kept')]).toEqual([[], []]);
  });

  it("a server's own sockets join and leave rooms and are disconnected, though the others hear of it later", async () => {
    const dan = await serverA.connect('dan');
    const danElsewhere = await serverB.connect('dan');
    expect((await serverA.app.outcome('joinRoom', { userId: 'dan' }, 'lobby')).error).toBeUndefined();
    await serverA.app.call('emitToRoom', 'lobby', 'in-lobby', 1, LIVE);
    expect(await dan.received('in-lobby')).toEqual([1]);
    await serverA.app.outcome('leaveRoom', { userId: 'dan' }, 'lobby');
    expect(await serverA.app.call<string[]>('rooms', dan.socket.id)).not.toContain('lobby');
    expect((await serverA.app.outcome('disconnectUser', 'dan')).error).toBeUndefined();
    await waitFor('dan to be disconnected', () => dan.disconnectCount === 1);
    expect(danElsewhere.disconnectCount).toBe(0);
    disconnectedLater = danElsewhere;
  });

  it('memory does not grow with what is emitted meanwhile', async () => {
    for (const app of [worker, serverA.app]) {
      await app.call<Flood>('flood', 'live', 'ann', 5000);
      const flood = await app.call<Flood>('flood', 'live', 'ann', 50_000);
      expect(flood.statuses).toEqual({ REDIS_UNAVAILABLE: 50_000 });
      expect(flood.heapGrowth).toBeLessThan(10 * 1024 * 1024);
      expect(flood.rssGrowth).toBeLessThan(100 * 1024 * 1024);
    }
  }, 60_000);

  it('what waits in memory is bounded', async () => {
    for (const app of [worker, serverA.app]) {
      jobs.set(app, await app.call<JobStats>('stopJob', 'durable'));
      const filling = await app.call<Flood>('flood', 'durable', 'nobody', 20_000);
      expect(Object.keys(filling.statuses).sort()).toEqual(['OUTBOX_FULL', 'queued']);
      expect(filling.statuses['queued']).toBeLessThan(10_000);
      expect(filling.heapGrowth).toBeLessThan(20 * 1024 * 1024);
      const flood = await app.call<Flood>('flood', 'durable', 'nobody', 50_000);
      expect(flood.statuses).toEqual({ OUTBOX_FULL: 50_000 });
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
          expect({ cause, isTooSoon: apartMs < 10_000 - READ_LATE_MS }).toEqual({ cause, isTooSoon: false });
        }
      }
    }
  }, 30_000);

  it('emits work again by themselves within 5 s after Redis is back', async () => {
    await redis.restart();
    const returned = performance.now();
    await Promise.all(
      [ann, bob].map((client) => client.received('live:step', client.payloads('live:step').length + 1)),
    );
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

  it('every durable event arrives, in order and once: those before, those that were queued, those after', async () => {
    for (const [app, client] of [
      [worker, ann],
      [serverA.app, bob],
    ] as const) {
      const { steps } = jobs.get(app) as JobStats;
      const all = Array.from({ length: steps }, (_, index) => index);
      expect(await client.received('durable:step', steps)).toEqual(all);
    }
    expect(await ann.received('kept')).toEqual(['ann']);
  });

  it('a socket that connected meanwhile is told where it is', async () => {
    expect(await cat.received('gateway:room')).toEqual([joinedRoom('user:cat')]);
  });

  it('a socket that connected meanwhile gets what was queued for it', async () => {
    expect(await cat.received('kept')).toEqual(['cat']);
  });

  it('commands reach the other servers', async () => {
    await waitFor('dan to be disconnected there too', () => disconnectedLater.disconnectCount === 1);
  });

  it('no process has crashed, and no promise was left unhandled', () => {
    expectUnharmed(worker, serverA.app, serverB.app);
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
