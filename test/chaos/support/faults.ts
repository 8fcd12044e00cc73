import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../integration/room-log/simulation/random.js';
import { waitFor } from '../../support/wait-for.js';
import type { TcpProxy } from '../../support/tcp-proxy.js';
import type { EmittingProcess } from './emitting-process.js';
import type { ChaosForm } from './form.js';
import { PEOPLE, TEAMS } from './population.js';
import { HALVES, subscribersOf, type Site } from './site.js';

/** Something that goes wrong, and is over when it resolves. */
export interface Fault {
  /** A sentence's end: 'when …'. */
  readonly name: string;
  /** How much of it, or for how long. */
  extent(form: ChaosForm): string;
  make(site: Site, form: ChaosForm, random: Random): Promise<void>;
}

const JOB_DEADLINE_MS = 120_000;
const seconds = (ms: number): string => `${ms / 1000} s`;

const JOB = { steps: 200, pauseMs: 10 };

const serverKilled: Fault = {
  name: 'a server is killed by kill -9',
  extent: ({ serverAwayMs }) => `away for ${seconds(serverAwayMs)}`,
  async make(site, { serverAwayMs }, random) {
    const server = random.pick(site.servers);
    await site.balanceAmong(site.servers.filter((other) => other !== server));
    await server.kill();
    await delay(serverAwayMs);
    await server.start();
    await site.balanceAmong(site.servers);
    await server.startLoad();
  },
};

const workerKilled: Fault = {
  name: 'a worker is killed by kill -9 in the middle of a job, which is run again',
  extent: () => `a job of ${JOB.steps} events`,
  async make({ workers }, _form, random) {
    await Promise.all(workers.map((worker) => worker.call('openQueue')));
    const { userId } = random.pick(PEOPLE);
    const id = await (workers[0] as EmittingProcess).call<string>('addJob', { userId, ...JOB });
    const killed = await waitFor('a worker to be in the middle of the job', () =>
      workerAt(workers, JOB.steps / 4),
    );
    await killed.kill();
    await killed.start();
    await killed.call('openQueue');
    await killed.startLoad();
    await waitFor(
      'the job to be completed',
      async () => (await killed.call<string>('jobState', id)) === 'completed',
      JOB_DEADLINE_MS,
    );
  },
};

async function workerAt(
  workers: readonly EmittingProcess[],
  step: number,
): Promise<EmittingProcess | undefined> {
  const steps = await Promise.all(workers.map((worker) => worker.call<number>('emittedSteps')));
  return workers[steps.findIndex((count) => count >= step)];
}

const redisRestarted: Fault = {
  name: 'Redis is killed and started again with its append-only file',
  extent: ({ redisAwayMs }) => `away for ${seconds(redisAwayMs)}`,
  async make(site, { redisAwayMs }) {
    await site.redis.kill();
    await delay(redisAwayMs);
    await site.startOwnRedis();
  },
};

const redisPaused: Fault = {
  name: 'Redis is paused',
  extent: ({ redisPausedMs }) => `for ${seconds(redisPausedMs)}`,
  async make({ redis }, { redisPausedMs }) {
    redis.pause();
    try {
      await delay(redisPausedMs);
    } finally {
      redis.resume();
    }
  },
};

const blackholed: Fault = {
  name: 'connections are blackholed and their bytes are delivered late',
  extent: ({ blackholedMs }) => `for ${seconds(blackholedMs)}`,
  async make(site, { blackholedMs }, random) {
    const networks = [random.pick(site.servers), random.pick(site.workers)].map(({ network }) => network);
    const all = [...networks, site.entrances[random.pick(HALVES)] as TcpProxy];
    for (const network of all) network.hold({ newLinks: true });
    await delay(blackholedMs / 2);
    // Now what was not answered is sent again, on new connections, and only then the first attempts arrive.
    for (const network of all) network.heal();
    await delay(blackholedMs / 2);
    for (const network of all) network.release();
  },
};

const halfOffline: Fault = {
  name: 'half of the clients are offline',
  extent: ({ offlineMs }) => `for ${seconds(offlineMs)}`,
  async make(site, { offlineMs }, random) {
    const half = random.pick(HALVES);
    await site.disappear(half);
    await delay(offlineMs);
    await site.comeBack(half);
  },
};

const serverBlocked: Fault = {
  name: "a server's event loop is blocked under load, until Redis closes its subscription",
  extent: ({ blockedMs }) => `for ${seconds(blockedMs)} or longer`,
  async make(site, { blockedMs }, random) {
    const before = [...(await subscribersOf(site.redis.url))];
    const flag = site.newFile();
    // One that was restarted has no clients, and hears nothing.
    const clientCounts = await Promise.all(site.servers.map((server) => server.call<number>('clientCount')));
    const serving = site.servers.filter((_, index) => (clientCounts[index] as number) > 0);
    const blocked = random.pick(serving).call('blockUntil', flag, blockedMs, 10 * blockedMs);
    const worker = random.pick(site.workers);
    const burst = worker.call('startBurst', { rooms: TEAMS, paddingBytes: 32_000 });
    try {
      await waitFor(
        'Redis to close a subscription that does not read',
        async () => {
          const left = await subscribersOf(site.redis.url);
          return before.some((id) => !left.has(id));
        },
        9 * blockedMs,
      );
    } finally {
      await worker.call('stopBurst');
      await writeFile(flag, '');
      await Promise.all([blocked, burst]);
    }
  },
};

/** What goes wrong on a site whose Redis loses nothing. */
export const FAULTS: readonly Fault[] = [
  serverKilled,
  workerKilled,
  redisRestarted,
  redisPaused,
  blackholed,
  halfOffline,
  serverBlocked,
];
