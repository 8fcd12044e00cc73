import type { BullRootModuleOptions } from '@nestjs/bull';

type RedisOptions = Exclude<NonNullable<BullRootModuleOptions['redis']>, string>;

/** Why a queue is opened: to put jobs in, or to take them out. */
export type QueueUse = 'produce' | 'consume';

/** For how long a worker has a job that it says nothing of. */
export const LOCK_MS = 5000;

/**
 * Bull's options for a Redis. Its defaults suit neither side: jobs of a killed worker would be taken over after a
 * minute, a producer would wait for an absent Redis for ever, and after a pause it would try again only every 20 s.
 *
 * @param redisUrl as `redis://user:password@host:port/database`, or `rediss://` for TLS
 * @returns undefined when it is not such a URL; the library has logged that
 */
export function queueOptions(
  redisUrl: string,
  prefix: string,
  use: QueueUse,
): BullRootModuleOptions | undefined {
  const redis = connectionOptions(redisUrl);
  if (redis === undefined) return undefined;
  return {
    prefix,
    redis: {
      ...redis,
      connectTimeout: 3000,
      retryStrategy: (times) => Math.min(times * 100, 1000),
      // A job must reach the queue now or not at all: its user is waiting to be told which.
      ...(use === 'produce' ? { enableOfflineQueue: false } : {}),
    },
    settings: { lockDuration: LOCK_MS, stalledInterval: 2000, maxStalledCount: 5, retryProcessDelay: 1000 },
    defaultJobOptions: {
      // A worker that is stopped hands its job back, which counts as an attempt.
      attempts: 10,
      removeOnComplete: 100,
      removeOnFail: 100,
    },
  };
}

function connectionOptions(redisUrl: string): RedisOptions | undefined {
  if (!URL.canParse(redisUrl)) return undefined;
  const { protocol, hostname, port, username, password, pathname } = new URL(redisUrl);
  if ((protocol !== 'redis:' && protocol !== 'rediss:') || hostname === '') return undefined;
  const db = Number(pathname.slice(1));
  if (!Number.isInteger(db)) return undefined;
  return {
    // Brackets belong to a URL, not to the address.
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    db,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
