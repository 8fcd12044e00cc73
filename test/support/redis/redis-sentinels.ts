import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis, type RedisOptions } from 'ioredis';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { startGuarded, type GuardedProcess } from '../../../scripts/lib/guarded-process.mjs';
import { chooseRedisBinary, REDIS_ARGV0 } from '../../../scripts/lib/redis-binary.mjs';
import { waitFor } from '../wait-for.js';
import { ask } from './ask-redis.js';
import { RedisProcess } from './redis-process.js';

const NAME = 'mymaster';
const HOST = '127.0.0.1';
const PASSWORD = 'of-all-nodes';
const SENTINEL_USER = { name: 'sentinel', password: 'of-all-sentinels' } as const;
const SENTINEL_COUNT = 3;
const QUORUM = 2;

/** After so long a master that does not answer is taken for gone. */
const DOWN_AFTER_MS = 1000;

/** How long finding out, agreeing and promoting may take. */
const FAILOVER_MS = 30_000;

type SentinelOptions = Required<Pick<RedisOptions, 'sentinels' | 'name'>> & { password: string };

/** A master and its replica, each a process, and the sentinels that put one in the other's place. */
export class RedisSentinels {
  readonly #nodes: readonly RedisProcess[];
  readonly #sentinels: readonly Sentinel[];
  readonly #clients: Redis[] = [];

  private constructor(nodes: readonly RedisProcess[], sentinels: readonly Sentinel[]) {
    this.#nodes = nodes;
    this.#sentinels = sentinels;
  }

  /** Resolves when the replica has what the master has, and all sentinels know it and each other. */
  static async start(): Promise<RedisSentinels> {
    const master = await startNode();
    const replica = await startNode('--replicaof', HOST, String(master.port));
    const sentinels = await Promise.all(
      Array.from({ length: SENTINEL_COUNT }, () => startSentinel(master.port)),
    );
    const started = new RedisSentinels([master, replica], sentinels);
    await started.isWhole();
    return started;
  }

  /** Options by which an application finds the master. */
  get options(): SentinelOptions {
    const sentinels = this.#sentinels.map(({ port }) => ({ host: HOST, port }));
    return { sentinels, name: NAME, password: PASSWORD };
  }

  /** A client that has not connected, as an application gives one to the library. */
  client(): Redis {
    const client = new Redis({ ...this.options, failoverDetector: true, lazyConnect: true });
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }

  /** Which the sentinels say is the master. */
  async master(): Promise<RedisProcess> {
    const [first] = this.#sentinels as [Sentinel];
    const [, port] = (await ask(first, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as [string, string];
    return this.#nodes.find((node) => node.port === Number(port)) as RedisProcess;
  }

  /** Resolves when the sentinels have put the other one in the place of this master, and it takes commands. */
  async isReplaced(master: RedisProcess): Promise<void> {
    await waitFor('another master', async () => (await this.master()) !== master, FAILOVER_MS);
    const next = await this.master();
    await waitFor('the other to be a master', async () => (await roleOf(next)) === 'master', FAILOVER_MS);
  }

  /** Resolves when the replica has all that its master was told to write, and all sentinels would let it take over. */
  async isWhole(): Promise<void> {
    await waitFor('the replica to have everything', async () => this.#isReplicated(), FAILOVER_MS);
    for (const sentinel of this.#sentinels) {
      await waitFor(
        'the sentinels to agree',
        async () => {
          const master = pairs(await ask(sentinel, 'SENTINEL', 'MASTER', NAME));
          const [replica] = (await ask(sentinel, 'SENTINEL', 'REPLICAS', NAME)) as unknown[];
          const others = Number(master.get('num-other-sentinels'));
          return (
            master.get('flags') === 'master' &&
            others === SENTINEL_COUNT - 1 &&
            replica !== undefined &&
            pairs(replica).get('flags') === 'slave' &&
            pairs(replica).get('master-link-status') === 'ok'
          );
        },
        FAILOVER_MS,
      );
    }
  }

  /** Puts the replica in the master's place, which stays: what both were not told in time is lost. */
  async failOver(): Promise<void> {
    const [first] = this.#sentinels as [Sentinel];
    await ask(first, 'SENTINEL', 'FAILOVER', NAME);
  }

  /** The sentinels cannot reach this node any more; everybody else can. */
  async hide(node: RedisProcess): Promise<void> {
    await ask(node, 'ACL', 'SETUSER', SENTINEL_USER.name, 'off');
    await ask(node, 'CLIENT', 'KILL', 'USER', SENTINEL_USER.name);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all([
      ...this.#sentinels.map(({ process }) => process.end()),
      ...this.#nodes.map((node) => node.stop()),
    ]);
  }

  async #isReplicated(): Promise<boolean> {
    const info = String(await ask(await this.master(), 'INFO', 'replication'));
    const offset = /^master_repl_offset:(\d+)/m.exec(info)?.[1];
    return offset !== undefined && info.includes(`state=online,offset=${offset},`);
  }
}

function startNode(...more: string[]): Promise<RedisProcess> {
  const { name, password } = SENTINEL_USER;
  const settings = [
    ...['--masterauth', PASSWORD, '--repl-diskless-sync-delay', '0'],
    ...['--user', name, 'on', `>${password}`, '~*', '&*', '+@all'],
    ...more,
  ];
  return RedisProcess.start({ password: PASSWORD, settings });
}

interface Sentinel {
  readonly port: number;
  readonly process: GuardedProcess;
}

/** A sentinel writes what it learns into its file of settings, which goes with it. */
async function startSentinel(masterPort: number): Promise<Sentinel> {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'sentinel-'));
  const file = join(dir, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${port}`,
      `bind ${HOST}`,
      `dir ${dir}`,
      `sentinel monitor ${NAME} ${HOST} ${masterPort} ${QUORUM}`,
      `sentinel auth-user ${NAME} ${SENTINEL_USER.name}`,
      `sentinel auth-pass ${NAME} ${SENTINEL_USER.password}`,
      `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${NAME} 5000`,
      '',
    ].join('\n'),
  );
  const process = await startGuarded(chooseRedisBinary(), {
    argv0: REDIS_ARGV0,
    args: [file, '--sentinel'],
    cwd: dir,
    removeDir: dir,
    output: 'collect',
  });
  const isSentinel = (): Promise<boolean> =>
    ask({ port }, 'INFO', 'server').then(
      (info) => String(info).includes('redis_mode:sentinel'),
      () => false,
    );
  await waitFor('a sentinel to answer', async () => !process.isRunning() || (await isSentinel()));
  // Somebody has taken the port since it was free.
  if (!process.isRunning()) return startSentinel(masterPort);
  await hurry({ port });
  return { port, process };
}

/** Lets a sentinel look and tell every half second instead of every 10 s and 2 s. Redis 6 cannot: there all takes longer. */
async function hurry(sentinel: { readonly port: number }): Promise<void> {
  const version = /^redis_version:(\d+)/m.exec(String(await ask(sentinel, 'INFO', 'server')))?.[1];
  if (Number(version) < 7) return;
  await ask(sentinel, 'SENTINEL', 'DEBUG', 'info-period', '500', 'publish-period', '500');
}

async function roleOf(node: RedisProcess): Promise<string> {
  const [role] = (await ask(node, 'ROLE')) as [string];
  return role;
}

/** Of what Redis answers as `[name, value, name, value …]`. */
function pairs(answer: unknown): Map<string, string> {
  const words = answer as string[];
  return new Map(
    words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] as string]] : [])),
  );
}
