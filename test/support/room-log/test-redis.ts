import { CauseLog } from '../../../src/logging/index.js';
import { RedisConnection, type ReachableRedis } from '../../../src/redis/index.js';
import { resolveRedis } from '../../../src/config/resolve-redis.js';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { RecordingLogger } from '../recording-logger.js';

/** The Redis that all tests share, or one of our own when the test is run alone. */
export async function sharedRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = process.env['REDIS_URL'];
  if (url) return { url, stop: () => Promise.resolve() };
  return startRedisServer();
}

export function connectionTo(url: string, timeoutMs = 2000): RedisConnection {
  const redis = resolveRedis(url, {}) as ReachableRedis;
  const logger = new RecordingLogger();
  return new RedisConnection({ redis, name: 'test', timeoutMs, logger, causes: new CauseLog(logger) });
}
