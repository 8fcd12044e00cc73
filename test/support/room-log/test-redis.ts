import { randomUUID } from 'node:crypto';
import { CauseLog, type GatewayLogger } from '../../../src/logging/index.js';
import { RedisConnection, type ReachableRedis } from '../../../src/redis/index.js';
import { resolveRedis } from '../../../src/config/resolve-redis.js';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';

/** A logger that remembers its lines. */
export class QuietLogger implements GatewayLogger {
  readonly lines: string[] = [];
  log(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(message);
  }
  error(message: string): void {
    this.lines.push(message);
  }
}

/** The Redis that all tests share, or one of our own when the test is run alone. */
export async function sharedRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = process.env['REDIS_URL'];
  if (url) return { url, stop: () => Promise.resolve() };
  return startRedisServer();
}

/** A prefix that no other test file uses. */
export function uniquePrefix(): string {
  return `test-${randomUUID().slice(0, 8)}`;
}

export function redisAt(url: string): ReachableRedis {
  const redis = resolveRedis(url, {});
  if (redis.kind !== 'options') throw new Error(`${url} is no URL of a Redis.`);
  return redis;
}

export function connectionTo(url: string, timeoutMs = 2000, logger = new QuietLogger()): RedisConnection {
  const causes = new CauseLog(logger);
  return new RedisConnection({ redis: redisAt(url), name: 'test', timeoutMs, logger, causes });
}
