import { setTimeout as delay } from 'node:timers/promises';
import { AppProcess } from '../support/app-process.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { Resources } from '../support/resources.js';
import { TEST_SECRET } from '../support/sign-token.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { askRedis } from './support/room-logs.js';
import { recordTrial } from './support/trials.js';
import { startWatchedServer } from './support/watched-server.js';

const form = chaosForm();
const WAVE = 1000;
const waveCount = form.name === 'full' ? 100 : 2;
const DEADLINE_MS = 60_000;
/** How long is looked at what there is: longer than what a server does by itself takes to come again. */
const LOOKED_AT_MS = 7000;
const LOOK_EVERY_MS = 250;
/** How much the heap may grow. In the short form what is made once, and compiled code, count too. */
const HEAP_SHARE = form.name === 'full' ? 0.1 : 0.5;

const resources = new Resources();
let redisUrl: string;
let server: AppProcess;
let crowd: AppProcess;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  redisUrl = redis.url;
  server = await startWatchedServer(resources, { REDIS_URL: redisUrl, SOCKET_REDIS_CHANNEL: 'memory' });
  const fixture = new URL('fixtures/crowd.mjs', import.meta.url).href;
  crowd = resources.add(await AppProcess.start(fixture, { JWT_SECRET: TEST_SECRET }));
}, 60_000);
afterAll(() => resources.stop());

type Sizes = Readonly<Record<string, number>>;

/** What the server holds, and what Redis holds for it. */
async function sizes(): Promise<Sizes> {
  const own = await server.call<Sizes>('sizes');
  const [channels, clients] = await askRedis(redisUrl, (redis) =>
    Promise.all([redis.pubsub('CHANNELS'), redis.client('LIST') as Promise<string>]),
  );
  const sums = ['sub', 'psub'].map((kind) =>
    [...clients.matchAll(new RegExp(` ${kind}=(\\d+)`, 'g'))].reduce((sum, [, n]) => sum + Number(n), 0),
  );
  return {
    ...own,
    redisChannels: channels.length,
    redisSubscriptions: sums[0] as number,
    redisPatterns: sums[1] as number,
    redisConnections: clients.trim().split('\n').length,
  };
}

/** Resolves with what there is when nobody is there any more, the least of each kind: some timers come and go by themselves. */
async function atRest(): Promise<Sizes> {
  // Rooms are followed for a while after the last has left.
  await waitFor(
    'everybody to be forgotten',
    async () => {
      const { sockets, engineClients, redisSubscriptions } = await sizes();
      return sockets === 0 && engineClients === 0 && (redisSubscriptions as number) < 10;
    },
    DEADLINE_MS,
  );
  const least: Record<string, number> = {};
  const end = performance.now() + LOOKED_AT_MS;
  do {
    const all = { ...(await sizes()), ...(await server.call<Sizes>('alive')) };
    for (const [name, count] of Object.entries(all)) least[name] = Math.min(least[name] ?? Infinity, count);
    await delay(LOOK_EVERY_MS);
  } while (performance.now() < end);
  return least;
}

it(
  `${waveCount * WAVE} connects with joins of random rooms leave nothing behind when all are gone`,
  async () => {
    const port = await server.call<number>('port');
    // What is made once, at the first of each kind.
    if (form.name === 'full') await crowd.call('wave', port, WAVE);
    const before = await atRest();
    const heapBefore = await server.call<number>('heap');

    let joinCount = 0;
    for (let wave = 0; wave < waveCount; wave++) joinCount += await crowd.call<number>('wave', port, WAVE);
    const after = await atRest();
    const heapAfter = await server.call<number>('heap');

    expect(joinCount).toBe(3 * waveCount * WAVE);
    const { timers, ...others } = after;
    const { timers: timersBefore, ...othersBefore } = before as Sizes &
      Record<'timers' | 'redisConnections', number>;
    expect(others).toEqual(othersBefore);
    // A connection to Redis is asked whether it is there about as often as the timer for its answer ends: it has one or not.
    expect(timers).toBeLessThanOrEqual(timersBefore + othersBefore.redisConnections);
    const growth = heapAfter / heapBefore - 1;
    recordTrial({
      trial: 'Connects and joins of random rooms, then all leave',
      extent: `${waveCount * WAVE} connects, ${joinCount} joins, ${WAVE} at once`,
      result: `maps, listeners, timers, handles and subscriptions as before; heap ${(heapBefore / 2 ** 20).toFixed(1)} MB, then ${(heapAfter / 2 ** 20).toFixed(1)} MB (${(100 * growth).toFixed(1)} %)`,
    });
    expect(growth).toBeLessThan(HEAP_SHARE);
  },
  form.name === 'full' ? 1_800_000 : 180_000,
);
