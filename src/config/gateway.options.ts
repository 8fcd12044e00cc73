import type { RedisOptions } from 'ioredis';
import type { GatewayMetrics } from '../metrics/index.js';
import type { GatewayTracing } from '../tracing/index.js';

/**
 * A client of ioredis 5 or 6, or a `Cluster` of one, recognised by its shape. The library makes connections of its
 * own from it by `duplicate()`, and closes only those.
 */
export interface RedisClientLike {
  readonly status: string;
  readonly options: object;
  duplicate(...args: never[]): unknown;
}

/** Where Redis is: a URL, the options of ioredis, or a client that is ready to be duplicated. */
export type RedisOption = string | RedisOptions | RedisClientLike;

/** What both modules need to know. Everything may be left out. */
export interface GatewayOptions {
  /**
   * The Redis that joins the processes. A URL that cannot be read is logged, and the process runs as without Redis.
   * Commands are never queued for a Redis that is away: the connections' own queues and retries are switched off.
   * @default the environment variable REDIS_URL; without it there is no Redis
   */
  redis?: RedisOption | undefined;

  /**
   * Refuse to start without a Redis that can be read from the options. It need not be reachable at that moment.
   * @default false
   */
  requireRedis?: boolean | undefined;

  /**
   * The Socket.IO namespace of the gateway. Servers and workers must agree on it. Starts with a slash, which is added
   * when it is missing; without brackets, braces, `#`, `*`, `?` and control characters, which Redis channel patterns
   * would misread.
   * @default the environment variable SOCKET_NAMESPACE, else '/'
   */
  namespace?: string | undefined;

  /**
   * What every channel and key of the library in Redis starts with. Redis Pub/Sub ignores the number of the database:
   * two applications on one Redis need two prefixes. Same characters as `namespace`.
   * @default the environment variable SOCKET_REDIS_CHANNEL, else 'socket-gateway'
   */
  prefix?: string | undefined;

  /**
   * How long an emit may take, in milliseconds; then a durable or latest one is `queued`, and a live one `failed` with
   * EMIT_TIMEOUT. Too short, and a slow moment of Redis fails live emits that it took; too long, and jobs wait for a Redis
   * that hangs.
   * @default 2000
   */
  emitTimeoutMs?: number | undefined;

  /**
   * The largest payload, in bytes of its JSON. Larger ones fail with PAYLOAD_TOO_LARGE. Above some megabytes Redis
   * cuts off servers that read more slowly than they are written to (`client-output-buffer-limit pubsub`).
   * @default 65536
   */
  maxPayloadBytes?: number | undefined;

  /**
   * How emits to users and rooms travel that do not say it themselves. `durable` ones are kept in Redis, arrive in order
   * and survive reconnects; each takes its payload and about 170 bytes there, and a room with any 4.6 KB. `live` ones are kept nowhere: who is
   * not connected at that moment misses them.
   * @default 'durable'
   */
  delivery?: 'durable' | 'live' | undefined;

  /**
   * How many durable events of a room are kept, 1 to 100,000; Redis keeps up to 128 more. Too few, and who was away for
   * long gets a `gateway:gap` in place of the oldest; too many, and busy rooms fill Redis. This and the three below must
   * be the same in all servers and workers: each append trims by its own process' figures.
   * @default 1000
   */
  logMaxLength?: number | undefined;

  /**
   * How much memory of Redis the kept events of one room may take, 16 KiB to 1 GiB, in bytes; looked at about 64
   * times while as many bytes are appended. Too little, and large payloads push each other out long before `logMaxLength`;
   * too much, and few rooms with large payloads fill Redis.
   * @default 4194304
   */
  logMaxBytes?: number | undefined;

  /**
   * How long after its last event a room's events are kept, one second to 365 days, in milliseconds. Too short, and who
   * returns the next morning gets a gap; too long, and rooms that nobody uses any more stay in Redis.
   * @default 86400000
   */
  logTtlMs?: number | undefined;

  /**
   * How long a `dedupeKey` is remembered, one second to 365 days, in milliseconds: at least this long, at most twice, where
   * a room gets no more than 10,000 keys in that time; above it some are forgotten early. Too short, and a job that is run again later repeats its events; too long, and Redis keeps about 100 bytes per key for
   * nothing.
   * @default 86400000
   */
  dedupeTtlMs?: number | undefined;

  /**
   * How many `durable` and `latest` events may wait in memory for a Redis that is away, 1 to 1,000,000, in all rooms
   * together; more fail with OUTBOX_FULL. Too few, and a busy process fails emits in a short outage; too many, and its
   * memory grows by them in a long one.
   * @default 10000
   */
  outboxMaxEvents?: number | undefined;

  /**
   * How many bytes of JSON may wait so, 1 KiB to 1 GiB. One event is taken whatever its size when none waits. Too few, and
   * some large payloads fill it; too many, and a long outage takes the memory that the process needs for its work.
   * @default 16777216
   */
  outboxMaxBytes?: number | undefined;

  /**
   * How long Redis may have taken nothing, one second to one day, in milliseconds, before no more events are accepted. What
   * was accepted stays. Too short, and emits fail in an outage that would have been bridged; too long, and a job that could
   * have been failed, and run again later, is told that its events are queued.
   * @default 300000
   */
  outboxMaxAgeMs?: number | undefined;

  /**
   * How long the end of the process may wait for a Redis that has not taken all events yet, 0 to 600,000 milliseconds from
   * the moment in which it began to end. What Redis has not taken by then is lost, and counted in the log. Too short, and a
   * restart of Redis at the wrong moment loses what was queued; longer than the grace period of what stops the process, and
   * it is killed while it waits.
   * @default 5000
   */
  shutdownTimeoutMs?: number | undefined;

  /**
   * How many events with a `fallback` may wait for an acknowledgement or a handler, in all processes together, 1 to
   * 10,000,000; more fail with FALLBACKS_FULL. Too few, and a busy moment fails emits; too many, and handlers that are all
   * away fill Redis, by the payload and about 400 bytes each. What nobody handles within `logTtlMs` is dropped.
   * @default 100000
   */
  maxFallbacks?: number | undefined;

  /**
   * How lines are handed to Nest's logger: as `text`, or as objects of `message`, `cause` and `repeats`, which loggers that write
   * JSON make `fields` of. With Nest's own console logger objects are hard to read.
   * @default 'text'
   */
  logFormat?: 'text' | 'fields' | undefined;

  /**
   * Where the library counts and measures. What a method of it throws is the caller's: it must not throw.
   * @default nothing is counted
   */
  metrics?: GatewayMetrics | undefined;

  /**
   * Who is told of the way of each event: `openTelemetry(api)`, or something of your own. What is emitted while it is traced
   * carries a `traceparent`, 59 bytes more in Redis.
   * @default nothing is traced, and nothing carried
   */
  tracing?: GatewayTracing | undefined;
}
