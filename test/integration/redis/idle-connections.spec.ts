import { RedisConnections } from '../../support/redis/redis-connections.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
afterAll(() => resources.stop());

describe('An idle connection to Redis', () => {
  it('notices by itself that it leads nowhere any more, and is replaced before anybody calls', async () => {
    const redis = resources.add(await RedisProcess.start());
    const proxy = resources.add(await TcpProxy.start(redis.port));
    const connections = new RedisConnections();
    resources.add({ stop: () => connections.close() });
    const connection = connections.to(proxy.url);
    await connection.call((client) => client.ping());

    proxy.swallow({ newLinks: false });
    await waitFor('the loss to be noticed', () => !connection.isReady, 15_000);
    await waitFor('another connection', () => connection.isReady);
    expect(proxy.linkCount).toBe(2);
    expect(await connection.call((client) => client.ping())).toBe('PONG');
    expect(connections.logger.with('is away')).toHaveLength(1);
  }, 30_000);

  it('stays, when it leads to Redis', async () => {
    const redis = resources.add(await RedisProcess.start());
    const connections = new RedisConnections();
    resources.add({ stop: () => connections.close() });
    const connection = connections.to(redis.url);
    const pings = (): Promise<number> =>
      connection.call(async (client) =>
        Number(/cmdstat_ping:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0),
      );
    const before = await pings();
    await waitFor('two probes', async () => (await pings()) >= before + 2, 20_000);
    expect(connections.logger.lines).toEqual([]);
  }, 30_000);
});
