import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AppProcess } from '../support/app-process.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { Resources } from '../support/resources.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { RoomLogs } from './support/room-logs.js';
import { recordTrial } from './support/trials.js';

/** The short form fills the outbox several times over, in less time. */
const FORM =
  chaosForm().name === 'full'
    ? { awayMs: 10 * 60_000, perSecond: 1000, warmUpMs: 60_000 }
    : { awayMs: 8_000, perSecond: 2500, warmUpMs: 6000 };
/** Others take part of the machine: how late a loop may be that does nothing for long. */
const MAX_LOOP_DELAY_MS = 100;
/** How long Redis is back while the worker goes on emitting. */
const BACK_MS = 2000;
const OUTBOX_EVENTS = 10_000;
const ROOM_COUNT = 100;
/** So many events Redis takes at once, room by room. */
const STEP = 64;
const PREFIX = `outbox-${randomUUID()}`;

interface Figures {
  statuses: Partial<Record<string, number>>;
  slowestMs: number;
  loopDelayP99Ms: number;
}

const resources = new Resources();
afterAll(() => resources.stop());

/** All durable events of all rooms that are in Redis, by their numbers, with the times at which Redis took them. */
async function tookAt(url: string): Promise<Map<number, number>> {
  const rooms = Array.from({ length: ROOM_COUNT }, (_, index) => `room-${index}`);
  const logs = await new RoomLogs(PREFIX, rooms).read(url);
  const all = new Map<number, number>();
  for (const events of logs.values()) {
    const numbers = events.map(({ n }) => n);
    expect(numbers).toEqual(sorted(numbers));
    for (const { n, token } of events) all.set(n, Number(token.slice(0, token.indexOf('-'))));
  }
  return all;
}

/** The most memory that it has in so much time. */
async function mostMemory(worker: AppProcess, forMs: number): Promise<number> {
  const until = performance.now() + forMs;
  let mostMiB = 0;
  while (performance.now() < until) {
    mostMiB = Math.max(mostMiB, await worker.call<number>('rssMiB'));
    await delay(250);
  }
  return mostMiB;
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other);

/** How many events Redis took earlier than one that was emitted more than a step before. */
function overtaking(times: readonly number[]): number {
  let latest = 0;
  return times.filter((at, index) => {
    latest = Math.max(latest, times[index - STEP] ?? 0);
    return at < latest;
  }).length;
}

describe('While Redis is away for long', () => {
  it('a worker that goes on emitting keeps what it may, refuses the rest, grows by less than 40 MB, and stays responsive; then all goes to Redis in order, before anything newer', async () => {
    const redis = resources.add(await RedisProcess.start());
    const fixture = new URL('fixtures/queueing-worker.mjs', import.meta.url).href;
    const env = {
      REDIS_URL: redis.url,
      SOCKET_REDIS_CHANNEL: PREFIX,
      ROOM_COUNT: String(ROOM_COUNT),
    };
    const worker = resources.add(await AppProcess.start(fixture, env));
    // What a process takes for its work at this rate, with Redis, is not what the outage costs.
    await worker.call('startLoad', FORM.perSecond);
    const usualMiB = await mostMemory(worker, FORM.warmUpMs);
    await redis.kill();
    await worker.call('mark');
    const growthMiB = (await mostMemory(worker, FORM.awayMs)) - usualMiB;
    const away = await worker.call<Figures>('figures');
    const waited = sorted(await worker.call<number[]>('taken'));
    await redis.restart();
    await waitFor(
      'emits to be published again',
      async () =>
        ((await worker.call<Figures>('figures')).statuses['published'] ?? 0) >
        (away.statuses['published'] ?? 0),
    );
    await delay(BACK_MS);
    await worker.call('stopLoad');
    await waitFor('nothing to wait', async () => (await worker.call<number>('waitingCount')) === 0, 30_000);
    const taken = await worker.call<number[]>('taken');
    const inRedis = await tookAt(redis.url);
    const missing = taken.filter((n) => !inRedis.has(n)).length;
    const times = waited.map((n) => inRedis.get(n) ?? 0);
    const newer = taken.slice(waited.length).map((n) => inRedis.get(n) ?? 0);
    const late = overtaking(times) + newer.filter((at) => at < Math.max(...times)).length;
    const { published = 0, queued = 0, OUTBOX_FULL = 0 } = away.statuses;
    recordTrial({
      trial: 'Redis is away while a worker goes on emitting',
      extent: `${FORM.awayMs / 1000} s at ${FORM.perSecond} emits/s of 1.7 KB`,
      result: `${queued} queued, ${OUTBOX_FULL} OUTBOX_FULL; RSS at most ${growthMiB.toFixed(0)} MiB above what it was with Redis; the slowest emit ${away.slowestMs.toFixed(0)} ms; loop delay p99 ${away.loopDelayP99Ms.toFixed(0)} ms; then, of ${taken.length} durable events that were taken, ${missing} missing in Redis and ${late} in a wrong order`,
    });
    expect(published).toBeLessThan(FORM.perSecond);
    // Bounded by their bytes, which are reached first; latest values take the place of others.
    expect(queued).toBeGreaterThan(OUTBOX_EVENTS / 2);
    expect(OUTBOX_FULL).toBeGreaterThan(FORM.perSecond);
    expect(growthMiB).toBeLessThan(40);
    expect(away.slowestMs).toBeLessThan(1000 + 2000);
    expect(away.loopDelayP99Ms).toBeLessThan(MAX_LOOP_DELAY_MS);
    // Nothing of what waited was dropped for what was refused, or overtaken by what came later.
    expect(missing).toBe(0);
    expect(late).toBe(0);
    expect(newer.length).toBeGreaterThan(FORM.perSecond);
  }, 800_000);
});
