import { RedisConnections } from '../../support/redis/redis-connections.js';
import { ask } from '../../support/redis/ask-redis.js';
import { RedisCluster } from '../../support/redis/redis-cluster.js';
import { Resources } from '../../support/resources.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import type { RedisConnection } from '../../../src/redis/index.js';

const resources = new Resources();
let cluster: RedisCluster;
beforeAll(async () => {
  cluster = resources.add(await RedisCluster.start());
}, 60_000);
afterAll(() => resources.stop());

function connect(ways?: readonly number[]): { connection: RedisConnection; connections: RedisConnections } {
  const connections = new RedisConnections();
  resources.add({ stop: () => connections.close() });
  return { connection: connections.to(cluster.client(ways)), connections };
}

async function pingCount(): Promise<number> {
  const counts = cluster.nodes.map(async (node) => {
    const stats = String(await ask(node, 'INFO', 'commandstats'));
    return Number(/cmdstat_ping:calls=(\d+)/.exec(stats)?.[1] ?? 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

describe('An idle connection to a cluster', () => {
  it('asks every node, and the one by which it listens once more', async () => {
    const { connection, connections } = connect();
    await connection.call((client) => client.subscribe('any'));
    await connection.call((client) =>
      Promise.all(('nodes' in client ? client.nodes('all') : []).map((node) => node.ping())),
    );
    const before = await pingCount();
    // In two rounds, which are 5 s apart.
    await waitFor('8 more', async () => (await pingCount()) >= before + 8, 14_000);
    expect(connections.logger.lines).toEqual([]);
    expect(connection.isReady).toBe(true);
  }, 30_000);

  it('notices by itself that it leads nowhere at one node, and is replaced', async () => {
    const ways = await Promise.all(cluster.nodes.map(({ port }) => TcpProxy.start(port)));
    for (const way of ways) resources.add(way);
    const { connection, connections } = connect(ways.map(({ port }) => port));
    const pingAll = (): Promise<unknown> =>
      connection.call((client) =>
        Promise.all(('nodes' in client ? client.nodes('master') : []).map((node) => node.ping())),
      );
    expect(await pingAll()).toEqual(['PONG', 'PONG', 'PONG']);
    ways[1]?.swallow({ newLinks: false });
    await waitFor('the loss to be noticed', () => !connection.isReady, 15_000);
    await waitFor('another connection', () => connection.isReady);
    expect(await pingAll()).toEqual(['PONG', 'PONG', 'PONG']);
    expect(connections.logger.with('is away')).toHaveLength(1);
  }, 40_000);
});
