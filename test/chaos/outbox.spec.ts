import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppProcess } from '../support/app-process.js';
import { RedisProcess } from '../support/redis-process.js';
import { Resources } from '../support/resources.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { recordTrial } from './support/trials.js';

/** The short form fills the outbox several times over, in less time. */
const FORM =
  chaosForm().name === 'full'
    ? { awayMs: 10 * 60_000, perSecond: 1000, isAlone: true }
    : { awayMs: 10_000, perSecond: 2500, isAlone: false };
const WARM_UP_MS = 5000;
const OUTBOX_EVENTS = 10_000;

interface Figures {
  statuses: Partial<Record<string, number>>;
  slowestMs: number;
  rssGrowthMiB: number;
  loopDelayP99Ms: number;
}

const resources = new Resources();
afterAll(() => resources.stop());

describe('While Redis is away for long', () => {
  it('a worker that goes on emitting keeps what it may, refuses the rest, grows by less than 40 MB, and stays responsive', async () => {
    const redis = resources.add(await RedisProcess.start());
    const fixture = new URL('fixtures/queueing-worker.mjs', import.meta.url).href;
    const env = { REDIS_URL: redis.url, SOCKET_REDIS_CHANNEL: `outbox-${randomUUID()}` };
    const worker = resources.add(await AppProcess.start(fixture, env));
    // What a process has taken for its work at this rate, with Redis, is not what the outage costs.
    await worker.call('startLoad', FORM.perSecond);
    await delay(WARM_UP_MS);
    await redis.kill();
    await worker.call('mark');
    let mostMiB = 0;
    const until = performance.now() + FORM.awayMs;
    while (performance.now() < until) {
      const { rssGrowthMiB } = await worker.call<Figures>('figures');
      mostMiB = Math.max(mostMiB, rssGrowthMiB);
      await delay(250);
    }
    const away = await worker.call<Figures>('figures');
    await worker.call('stopLoad');
    await redis.restart();
    const { published = 0, queued = 0, OUTBOX_FULL = 0 } = away.statuses;
    recordTrial({
      trial: 'Redis is away while a worker goes on emitting',
      extent: `${FORM.awayMs / 1000} s at ${FORM.perSecond} emits/s of 1.7 KB`,
      result: `${queued} queued, ${OUTBOX_FULL} OUTBOX_FULL; RSS at most +${mostMiB.toFixed(0)} MiB; the slowest emit ${away.slowestMs.toFixed(0)} ms; loop delay p99 ${away.loopDelayP99Ms.toFixed(0)} ms`,
    });
    expect(published).toBeLessThan(FORM.perSecond);
    // Bounded by their bytes, which are reached first; latest values take the place of others.
    expect(queued).toBeGreaterThan(OUTBOX_EVENTS / 2);
    expect(OUTBOX_FULL).toBeGreaterThan(FORM.perSecond);
    expect(mostMiB).toBeLessThan(40);
    expect(away.slowestMs).toBeLessThan(1000 + 2000);
    if (FORM.isAlone) expect(away.loopDelayP99Ms).toBeLessThan(50);
    // What waited is there when Redis is back: nothing of it was dropped for what was refused.
    await waitFor('the worker to be published again', async () => {
      await worker.call('mark');
      await worker.call('startLoad', 10);
      await delay(300);
      await worker.call('stopLoad');
      return ((await worker.call<Figures>('figures')).statuses['published'] ?? 0) > 0;
    });
  }, 700_000);
});
