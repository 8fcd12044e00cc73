import { Redis, type Cluster, type RedisOptions } from 'ioredis';
import type { RedisClientLike, ResolvedRedis } from '../config/index.js';

/** A connection of ioredis, standalone or cluster. */
export type RedisClient = Redis | Cluster;

/** A Redis that can be connected to. */
export type ReachableRedis = Extract<ResolvedRedis, { kind: 'options' | 'client' }>;

/** How long a TCP or TLS connection may take to be made. */
const CONNECT_TIMEOUT_MS = 3000;

/** How long the answer to a goodbye may take: at the end of a process nothing depends on it any more. */
const QUIT_TIMEOUT_MS = 1000;

/** The longest pause between two attempts to connect: what bounds the time until a returned Redis is noticed. */
const MAX_RETRY_DELAY_MS = 2000;

type Overrides = RedisOptions & { replyMapping: 'legacy'; retryStrategy: (attempt: number) => number };

/**
 * Makes a client that never queues, never resends and never resubscribes by itself: with the defaults of ioredis a
 * Redis that is away makes memory grow, sends events again, and ends the process by a rejection that nobody handles.
 * It does not connect before it is told to.
 */
export function createClient(redis: ReachableRedis, name: string): RedisClient {
  const overrides = {
    // The same shapes of answers whatever the client was told.
    replyMapping: 'legacy',
    lazyConnect: true,
    enableOfflineQueue: false,
    enableAutoPipelining: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // 0: when a connection closes, what was under way on it fails at once instead of never.
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // What is dropped is gone at once. With more, a client that is closed between two attempts to connect keeps a
    // timer for this long.
    disconnectTimeout: 0,
    keepAlive: 10_000,
    // Without a sentinel the client gives up, and is told to try again: its own search cannot be ended.
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy,
    // A replica that was a master until a moment ago: connecting again finds the new one.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    connectionName: `socket-gateway:${name}`,
  } as const satisfies RedisOptions;
  if (redis.kind === 'client') return duplicate(redis.client, overrides);
  const options = { ...redis.options, ...overrides };
  if (redis.options.sentinels) options.failoverDetector = true;
  return new Redis(options);
}

function duplicate(client: RedisClientLike, overrides: Overrides): RedisClient {
  if (isCluster(client)) {
    const { retryStrategy: clusterRetryStrategy, ...redisOptions } = overrides;
    return client.duplicate([], {
      lazyConnect: true,
      enableOfflineQueue: false,
      redisOptions: { ...client.options.redisOptions, ...redisOptions },
      clusterRetryStrategy,
    });
  }
  return (client as unknown as Redis).duplicate(overrides);
}

/** Says goodbye, which is answered after everything that was sent before it; waits for that, but not for long. */
export async function quit(client: RedisClient, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(QUIT_TIMEOUT_MS, timeoutMs));
  });
  // A failed QUIT means that the connection is gone, which is what was wanted.
  await Promise.race([client.quit().catch(() => undefined), timeout]);
  clearTimeout(timer);
}

/** The servers that hold data: what is counted per server must be asked of each. */
export function mastersOf(client: RedisClient): Redis[] {
  return isCluster(client) ? client.nodes('master') : [client];
}

/** Whether it is the client of a cluster. */
export function isCluster(client: RedisClientLike | RedisClient): client is Cluster {
  return 'isCluster' in client && client.isCluster;
}

/** 100 ms, doubling, with jitter: many processes that lost one Redis must not come back in one moment. */
function retryStrategy(attempt: number): number {
  const delay = Math.min(MAX_RETRY_DELAY_MS, 100 * 2 ** Math.min(attempt - 1, 10));
  return Math.round(delay * (0.75 + Math.random() * 0.25));
}
