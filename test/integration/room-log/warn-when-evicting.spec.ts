import { Redis } from 'ioredis';
import { warnWhenEvicting } from '../../../src/room-log/index.js';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import { RecordingLogger } from '../../support/recording-logger.js';
import { connectionTo } from '../../support/room-log/test-redis.js';
import { waitFor } from '../../support/wait-for.js';

describe('A Redis of whose memory there is a limit', () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await startRedisServer();
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** The warnings of it at the first connection, and those after a second one. */
  async function linesOf(url = server.url): Promise<string[]> {
    const logger = new RecordingLogger();
    const connection = connectionTo(url);
    warnWhenEvicting(connection, logger);
    await connection.call((client) => client.ping());
    // It looks when it is ready, which is after what waited for that was sent; Redis answers in order.
    await connection.call((client) => client.ping());
    connection.reconnect();
    await waitFor('it is back', () => connection.isReady);
    await connection.call((client) => client.ping());
    await connection.close();
    return logger.with('warn: ');
  }

  async function configure(maxmemory: string, policy: string): Promise<void> {
    await redis.config('SET', 'maxmemory', maxmemory);
    await redis.config('SET', 'maxmemory-policy', policy);
  }

  it.each(['allkeys-lru', 'volatile-ttl'])('is warned of once when its policy is %s', async (policy) => {
    await configure('100mb', policy);
    const lines = await linesOf();
    expect(lines).toEqual([expect.stringContaining(`maxmemory-policy ${policy}`)]);
    expect(lines[0]).toContain('Set maxmemory-policy to noeviction');
  });

  it.each([
    ['deletes nothing', '100mb', 'noeviction'],
    ['has no limit', '0', 'allkeys-lru'],
  ])('is not warned of when it %s', async (_, maxmemory, policy) => {
    await configure(maxmemory, policy);
    expect(await linesOf()).toEqual([]);
  });

  it('is not warned of when it does not tell', async () => {
    await configure('100mb', 'allkeys-lru');
    await redis.acl('SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-info');
    expect(await linesOf(server.url.replace('redis://', 'redis://limited:secret@'))).toEqual([]);
  });
});
