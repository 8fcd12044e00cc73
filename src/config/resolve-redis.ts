import type { RedisOptions } from 'ioredis';
import { ENVIRONMENT, type Environment } from './environment.js';
import type { RedisClientLike, RedisOption } from './gateway.options.js';

/** Where Redis is, after reading the option and the environment. */
export type ResolvedRedis =
  /** Neither is set. */
  | { readonly kind: 'none' }
  /** Something is set that cannot be used; `reason` is a sentence without secrets. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** `options` for ioredis, with the `url` if there was one; `address` is for logs: without user and password. */
  | {
      readonly kind: 'options';
      readonly url?: string;
      readonly options: RedisOptions;
      readonly address: string;
    }
  /** A client of the application, to be duplicated. */
  | { readonly kind: 'client'; readonly client: RedisClientLike; readonly address: string };

/** Reads the `redis` option, or the environment when it is left out. */
export function resolveRedis(option: RedisOption | undefined, env: Environment): ResolvedRedis {
  const redis = option ?? env[ENVIRONMENT.redisUrl]?.trim();
  const source = option === undefined ? ENVIRONMENT.redisUrl : "the option 'redis'";
  if (redis === undefined || redis === '') return { kind: 'none' };
  if (typeof redis === 'string') return resolveUrl(redis, source);
  if (isRedisClient(redis)) return { kind: 'client', client: redis, address: 'the given client' };
  return { kind: 'options', options: redis, address: addressOf(redis) };
}

function resolveUrl(url: string, source: string): ResolvedRedis {
  if (!URL.canParse(url)) return { kind: 'invalid', reason: `${source} is not a URL. ${EXPECTED_URL}` };
  const { protocol, hostname, port, pathname, username, password } = new URL(url);
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    return { kind: 'invalid', reason: `${source} starts with '${protocol}'. ${EXPECTED_URL}` };
  }
  if (hostname === '') return { kind: 'invalid', reason: `${source} names no host. ${EXPECTED_URL}` };
  if (!/^\/?\d*$/.test(pathname)) {
    return { kind: 'invalid', reason: `${source} has a path that is not a database number. ${EXPECTED_URL}` };
  }
  if (!canDecode(username) || !canDecode(password)) {
    return { kind: 'invalid', reason: `${source} has a user or password with a stray '%'; write it as %25.` };
  }
  return { kind: 'options', url, options: {}, address: `${hostname}:${port || '6379'}` };
}

const EXPECTED_URL = 'Expected redis://user:password@host:port/database, or rediss:// for TLS.';

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isRedisClient(redis: object): redis is RedisClientLike {
  return (
    'duplicate' in redis && typeof redis.duplicate === 'function' && 'status' in redis && 'options' in redis
  );
}

function addressOf({ path, sentinels, name, host = 'localhost', port = 6379 }: RedisOptions): string {
  if (path) return path;
  return sentinels ? `${name ?? 'master'} by Sentinel` : `${host}:${port}`;
}
