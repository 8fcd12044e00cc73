import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import { AppProcess } from '../../support/app-process.js';
import { Resources } from '../../support/resources.js';
import { signToken, TEST_SECRET } from '../../support/sign-token.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { EmittingProcess } from './emitting-process.js';
import { judge, type Receipts, type Verdict } from './judge.js';
import { ALL_ROOMS, PEOPLE } from './population.js';
import { askRedis, RoomLogs } from './room-logs.js';

/** How long it may take until everybody has everything. An audit, once a minute, is the last that finds something. */
const SETTLE_DEADLINE_MS = 120_000;
const LOOK_EVERY_MS = 250;

const WORKER_RATE = 90;
const SERVER_RATE = 10;

/** What is told of a run beside the verdict. */
export interface SiteFigures {
  readonly known: number;
  readonly replayed: number;
  readonly connections: number;
  readonly longestSilenceMs: number;
}

/** The clients come by two entrances. */
export const HALVES = [0, 1] as const;
export type Half = (typeof HALVES)[number];

/** Two servers, two workers, fifty clients and a Redis, with a network between any two of them, under a steady load. */
export class Site {
  readonly servers: EmittingProcess[] = [];
  readonly workers: EmittingProcess[] = [];
  redis!: RedisServer;
  readonly #resources = new Resources();
  readonly #prefix = `chaos-${randomUUID()}`;
  readonly #logs = new RoomLogs(this.#prefix, ALL_ROOMS);
  readonly #redisArgs: readonly string[];
  /** Load balancers between the clients and the servers: one for each half of the clients, who can then be cut off. */
  readonly entrances: TcpProxy[] = [];
  #redisDir = '';
  #clients!: AppProcess;

  private constructor(redisArgs: readonly string[]) {
    this.#redisArgs = redisArgs;
  }

  /** @param redisArgs how its Redis keeps what it has */
  static async start(redisArgs: readonly string[]): Promise<Site> {
    const site = new Site(redisArgs);
    try {
      await site.#start();
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  get emitters(): readonly EmittingProcess[] {
    return [...this.servers, ...this.workers];
  }

  /** Ends everything, also what a fault has left paused. */
  async stop(): Promise<void> {
    await this.#resources.stop();
  }

  /** Another Redis, which ends with the site. */
  async startRedis(args: readonly string[]): Promise<RedisServer> {
    const redis = await startRedisServer({ args: [...args] });
    this.#resources.add(redis);
    return redis;
  }

  /** Starts Redis, or starts it again on its port with what it has on disk. */
  async startOwnRedis(): Promise<void> {
    const again = (this.redis as RedisServer | undefined) && { port: this.redis.port };
    this.redis = await startRedisServer({ args: [...this.#redisArgs], dir: this.#redisDir, ...again });
  }

  /** All processes are led to another Redis from now on. */
  moveTo(redis: RedisServer): void {
    this.redis = redis;
    for (const { network } of this.emitters) network.leadTo(redis.port);
  }

  /** New connections of clients go to these servers only. */
  async balanceAmong(servers: readonly EmittingProcess[]): Promise<void> {
    const ports = await Promise.all(servers.map((server) => server.call<number>('port')));
    for (const entrance of this.entrances) entrance.leadTo(...(ports as [number]));
  }

  /** The clients of a half are gone without a word, as when a train enters a tunnel. */
  async disappear(half: Half): Promise<void> {
    this.entrances[half]?.swallow({ newLinks: false });
    await this.#clients.call('leave', indexesOf(half));
  }

  async comeBack(half: Half): Promise<void> {
    await this.#clients.call('comeBack', indexesOf(half));
  }

  async startLoad(): Promise<void> {
    await Promise.all(this.emitters.map((emitter) => emitter.startLoad()));
  }

  /** Everything up to now is not looked at any more: all of it has been judged. */
  async forget(): Promise<void> {
    await this.#logs.mark(this.redis.url);
    await this.#clients.call('reset');
    for (const emitter of this.emitters) emitter.told = [];
  }

  /** A file of the site's own that is not there yet. */
  newFile(): string {
    return join(this.#redisDir, `${randomUUID()}.flag`);
  }

  /** Waits until everybody has everything, and judges what they were shown on the way. */
  async settle(): Promise<{ verdict: Verdict; emitted: number; settleMs: number; figures: SiteFigures }> {
    await Promise.all(this.emitters.map((emitter) => emitter.call('stopLoad')));
    const startedAt = performance.now();
    for (;;) {
      const verdict = await this.#judge();
      const settleMs = performance.now() - startedAt;
      if ((verdict && verdict.lost === 0) || settleMs > SETTLE_DEADLINE_MS) {
        const figures = await this.#clients.call<SiteFigures>('figures');
        const emitted = this.emitters.reduce((sum, { told }) => sum + told.length, 0);
        return { verdict: verdict ?? (await this.#judgeNow()), emitted, settleMs, figures };
      }
      await delay(LOOK_EVERY_MS);
    }
  }

  /** What all processes have written, for the message. */
  get output(): string {
    return this.emitters.map(({ output }) => output).join('\n---\n');
  }

  /** undefined: it is known without looking closer that something is under way. */
  async #judge(): Promise<Verdict | undefined> {
    const unsettled = await Promise.all(
      this.emitters.map((emitter) => emitter.call<number>('unsettledCount')),
    );
    if (unsettled.some((count) => count > 0)) return undefined;
    return this.#judgeNow();
  }

  async #judgeNow(): Promise<Verdict> {
    const clients = await this.#clients.call<Map<string, Receipts>[]>('receipts');
    return judge({
      logs: await this.#logs.read(this.redis.url),
      told: this.emitters.flatMap(({ told }) => told),
      dead: new Set(this.emitters.flatMap(({ dead }) => [...dead])),
      clients,
    });
  }

  async #start(): Promise<void> {
    this.#redisDir = await mkdtemp(join(tmpdir(), 'nestjs-socket-gateway-chaos-'));
    this.#resources.add({ stop: () => rm(this.#redisDir, { recursive: true, force: true }) });
    await this.startOwnRedis();
    this.#resources.add({ stop: () => this.redis.stop() });
    const env = {
      SOCKET_REDIS_CHANNEL: this.#prefix,
      JWT_SECRET: TEST_SECRET,
      BULL_REDIS_URL: this.redis.url,
    };
    const common = { redisPort: this.redis.port, env };
    for (const index of [0, 1]) {
      const server = await EmittingProcess.start({
        ...common,
        kind: 'server',
        index,
        perSecond: SERVER_RATE,
      });
      this.servers.push(this.#resources.add(server));
      const worker = await EmittingProcess.start({
        ...common,
        kind: 'worker',
        index,
        perSecond: WORKER_RATE,
      });
      this.workers.push(this.#resources.add(worker));
    }
    const [port] = await Promise.all(this.servers.map((server) => server.call<number>('port')));
    for (const half of HALVES) {
      this.entrances[half] = this.#resources.add(await TcpProxy.start(port as number));
    }
    await this.balanceAmong(this.servers);
    await this.#connectClients();
  }

  async #connectClients(): Promise<void> {
    const fixture = new URL('../fixtures/clients.mjs', import.meta.url).href;
    this.#clients = this.#resources.add(await AppProcess.start(fixture, {}));
    await this.#clients.call(
      'connect',
      PEOPLE.map(({ userId, rooms }, index) => ({
        url: `http://127.0.0.1:${(this.entrances[index % 2] as TcpProxy).port}`,
        token: signToken(userId, { rooms }),
        rooms: [`user:${userId}`, ...rooms],
      })),
    );
  }
}

function indexesOf(half: Half): number[] {
  return PEOPLE.map((_, index) => index).filter((index) => index % 2 === half);
}

/** The connections that Redis sends messages to. */
export function subscribersOf(url: string): Promise<Set<string>> {
  return askRedis(url, async (redis) => {
    const list = (await redis.client('LIST', 'TYPE', 'PUBSUB')) as string;
    return new Set(Array.from(list.matchAll(/^id=(\d+)/gm), ([, id]) => id as string));
  });
}
