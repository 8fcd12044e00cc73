import type { RedisOptions } from 'ioredis';
import { ENVIRONMENT, type Environment } from './environment.js';
import type { RedisClientLike, RedisOption } from './gateway.options.js';
import { readRedisUrl } from './redis-url.js';

/** Where Redis is, after reading the option and the environment. */
export type ResolvedRedis =
  /** Neither is set. */
  | { readonly kind: 'none' }
  /** Something is set that cannot be used; `reason` is a sentence without secrets. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** `options` for ioredis; `address` is for logs: without user and password. */
  | { readonly kind: 'options'; readonly options: RedisOptions; readonly address: string }
  /** A client of the application, to be duplicated. */
  | { readonly kind: 'client'; readonly client: RedisClientLike; readonly address: string };

/** Reads the `redis` option, or the environment when it is left out. Never throws. */
export function resolveRedis(option: RedisOption | undefined, env: Environment): ResolvedRedis {
  const redis = option ?? env[ENVIRONMENT.redisUrl];
  if (redis === undefined) return { kind: 'none' };
  if (typeof redis === 'string') {
    if (redis.trim() === '') return { kind: 'none' };
    const url = readRedisUrl(redis.trim());
    if (typeof url === 'object') return { kind: 'options', ...url };
    const source = option === undefined ? ENVIRONMENT.redisUrl : "The option 'redis'";
    return { kind: 'invalid', reason: `${source} ${url}` };
  }
  if (isRedisClient(redis)) return { kind: 'client', client: redis, address: 'the given client' };
  return { kind: 'options', options: redis, address: addressOf(redis) };
}

/** The number of the database that a Redis is used with; 0 in a cluster, which has no others, and without a Redis. */
export function databaseOf(redis: ResolvedRedis): number {
  if (redis.kind === 'none' || redis.kind === 'invalid') return 0;
  // A URL's parameter is text; the options of a cluster's client have no number of their own.
  const { db } = (redis.kind === 'client' ? redis.client.options : redis.options) as { db?: unknown };
  const database = Number(db ?? 0);
  return Number.isInteger(database) && database >= 0 ? database : 0;
}

function isRedisClient(redis: object): redis is RedisClientLike {
  return (
    'duplicate' in redis && typeof redis.duplicate === 'function' && 'status' in redis && 'options' in redis
  );
}

function addressOf({ path, sentinels, name, host = 'localhost', port = 6379 }: RedisOptions): string {
  const address = path || (sentinels ? `${name ?? 'master'} by Sentinel` : `${host}:${port}`);
  // Somebody may have put a whole URL where the host belongs.
  return address.slice(address.lastIndexOf('@') + 1);
}
