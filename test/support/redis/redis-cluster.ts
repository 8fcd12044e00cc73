import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from 'ioredis';
import { waitFor } from '../wait-for.js';
import { ask } from './ask-redis.js';
import type { RedisProcess } from './redis-process.js';
import { startWithTwoPorts } from './two-ports.js';

const SLOT_COUNT = 16_384;

/** After so long a node that does not answer counts as gone: then a cluster without replicas answers nothing any more. */
const NODE_TIMEOUT_MS = 2000;

/** A cluster of masters, without replicas unless they are added, each a process with its part of the slots, that keep what they acknowledge on disk. */
export class RedisCluster {
  readonly nodes: readonly RedisProcess[];
  readonly #folder: string;
  readonly #replicas: RedisProcess[] = [];
  readonly #clients: Cluster[] = [];

  private constructor(nodes: readonly RedisProcess[], folder: string) {
    this.nodes = nodes;
    this.#folder = folder;
  }

  get #first(): RedisProcess {
    return this.nodes[0] as RedisProcess;
  }

  /** Resolves when all nodes know each other, and the cluster takes commands. */
  static async start(nodeCount = 3): Promise<RedisCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
    const started = await Promise.all(
      Array.from({ length: nodeCount }, (_, index) =>
        startWithTwoPorts((busPort) => settingsOf(folder, index, busPort)),
      ),
    );
    const nodes = started.map(({ process }) => process);
    const cluster = new RedisCluster(nodes, folder);
    const first = cluster.#first;
    for (const [index, node] of nodes.entries()) {
      const from = Math.floor((index * SLOT_COUNT) / nodeCount);
      const to = Math.floor(((index + 1) * SLOT_COUNT) / nodeCount) - 1;
      await ask(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      await ask(node, 'CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
      if (node === first) continue;
      await ask(node, 'CLUSTER', 'MEET', '127.0.0.1', String(first.port), String(started[0]?.secondPort));
    }
    await cluster.isWhole();
    return cluster;
  }

  /** Starts a replica of a master; resolves when it has what the master has, and all nodes know it. */
  async addReplica(master: RedisProcess): Promise<void> {
    const index = this.nodes.length + this.#replicas.length;
    const { process: replica, secondPort: busPort } = await startWithTwoPorts((port) =>
      settingsOf(this.#folder, index, port),
    );
    this.#replicas.push(replica);
    const [id, busOfMaster] = [await ask(master, 'CLUSTER', 'MYID'), await busPortOf(master)];
    await ask(replica, 'CLUSTER', 'MEET', '127.0.0.1', String(master.port), busOfMaster);
    const replicates = (): Promise<unknown> => ask(replica, 'CLUSTER', 'REPLICATE', String(id));
    await waitFor('the replica to know its master', () =>
      replicates().then(
        () => true,
        () => false,
      ),
    );
    const knowsIt = async (node: RedisProcess): Promise<boolean> =>
      String(await ask(node, 'CLUSTER', 'NODES')).includes(`:${replica.port}@${busPort} slave`);
    for (const node of this.nodes) await waitFor('the replica to be known', () => knowsIt(node));
    await waitFor('the replica to follow', async () => {
      return String(await ask(replica, 'INFO', 'replication')).includes('master_link_status:up');
    });
  }

  /** Resolves when the replica of a master has all that it was told to write. */
  async isReplicated(master: RedisProcess): Promise<void> {
    await waitFor('the replica to have everything', async () => {
      const info = String(await ask(master, 'INFO', 'replication'));
      const offset = /^master_repl_offset:(\d+)/m.exec(info)?.[1];
      return offset !== undefined && info.includes(`offset=${offset},`);
    });
  }

  /** Resolves when every node says that all slots are served, and knows all others. */
  async isWhole(): Promise<void> {
    for (const node of this.nodes) {
      await waitFor(
        'the cluster to be whole',
        async () => {
          const info = String(await ask(node, 'CLUSTER', 'INFO').catch(() => ''));
          return (
            info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${this.nodes.length}`)
          );
        },
        30_000,
      );
    }
  }

  /**
   * A client that has not connected, as an application gives one to the library.
   *
   * @param ways ports that lead to the nodes, in their order, where it is not to reach them directly
   */
  client(ways?: readonly number[]): Cluster {
    const host = '127.0.0.1';
    const startupNodes = this.nodes.map(({ port }) => ({ host, port }));
    const natMap =
      ways &&
      Object.fromEntries(
        this.nodes.map((node, index) => [`${host}:${node.port}`, { host, port: ways[index] as number }]),
      );
    const client = new Cluster(startupNodes, { lazyConnect: true, ...(natMap && { natMap }) });
    client.on('error', () => undefined);
    this.#clients.push(client);
    return client;
  }

  /** The node that has the slot of a key. */
  async nodeOf(key: string): Promise<RedisProcess> {
    const slot = await slotOf(key, this.#first);
    const ranges = (await ask(this.#first, 'CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
    return this.nodes.find((node) => node.port === port) as RedisProcess;
  }

  /**
   * Moves the slot of a key to another node, as the tools of Redis do it: key by key, while it is used.
   *
   * @param halfway called when the first of its keys has moved, and the others have not
   */
  async moveSlot(key: string, to: RedisProcess, halfway: () => unknown): Promise<void> {
    const from = await this.nodeOf(key);
    const slot = String(await slotOf(key, this.#first));
    const [fromId, toId] = [
      String(await ask(from, 'CLUSTER', 'MYID')),
      String(await ask(to, 'CLUSTER', 'MYID')),
    ];
    await ask(to, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await ask(from, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    const keys = (await ask(from, 'CLUSTER', 'GETKEYSINSLOT', slot, '100')) as string[];
    for (const [index, one] of keys.entries()) {
      await ask(from, 'MIGRATE', '127.0.0.1', String(to.port), one, '0', '5000');
      if (index === 0) await halfway();
    }
    for (const node of [to, from, ...this.nodes]) await ask(node, 'CLUSTER', 'SETSLOT', slot, 'NODE', toId);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all([...this.nodes, ...this.#replicas].map((node) => node.stop()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function slotOf(key: string, node: RedisProcess): Promise<number> {
  return Number(await ask(node, 'CLUSTER', 'KEYSLOT', key));
}

/** Of '<id> 127.0.0.1:7000@17000 myself,master …'. */
async function busPortOf(node: RedisProcess): Promise<string> {
  const nodes = String(await ask(node, 'CLUSTER', 'NODES'));
  return /@(\d+)\S* myself/.exec(nodes)?.[1] ?? '';
}

function settingsOf(folder: string, index: number, busPort: number): string[] {
  const yes = (...names: string[]): string[] => names.flatMap((name) => [`--${name}`, 'yes']);
  return [
    ...['--dir', folder, '--dbfilename', `node-${index}.rdb`, '--appendfilename', `node-${index}.aof`],
    ...['--appenddirname', `node-${index}`, '--appendfsync', 'always'],
    ...['--cluster-config-file', `nodes-${index}.conf`, '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS)],
    ...yes('appendonly', 'cluster-enabled'),
  ];
}
