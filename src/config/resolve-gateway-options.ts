import type * as v from 'valibot';
import { GatewayError } from '../contract/index.js';
import { NO_METRICS, type GatewayMetrics } from '../metrics/index.js';
import { NO_TRACING, type GatewayTracing } from '../tracing/index.js';
import { checkOptions } from './check-options.js';
import { DEFAULT_DELIVERY } from './default-delivery.js';
import { ENVIRONMENT, type Environment } from './environment.js';
import type { GatewayOptions } from './gateway.options.js';
import { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from './outbox-limits.js';
import { databaseOf, resolveRedis, type ResolvedRedis } from './resolve-redis.js';
import { DEFAULT_ROOM_LOG_LIMITS, type RoomLogLimits } from './room-log-limits.js';

/** {@link GatewayOptions} with everything decided. */
export interface ResolvedGatewayOptions {
  readonly redis: ResolvedRedis;
  readonly requireRedis: boolean;
  readonly namespace: string;
  readonly prefix: string;
  readonly emitTimeoutMs: number;
  readonly maxPayloadBytes: number;
  /** Of emits to users and rooms that do not say it themselves. */
  readonly delivery: 'durable' | 'live';
  readonly log: RoomLogLimits;
  readonly outbox: OutboxLimits;
  readonly shutdownTimeoutMs: number;
  /** The number of the Redis database; 0 in a cluster, and without a Redis. */
  readonly database: number;
  /** Events with a fallback that may wait, in all processes together. */
  readonly maxFallbacks: number;
  readonly logFormat: 'text' | 'fields';
  readonly metrics: GatewayMetrics;
  readonly tracing: GatewayTracing;
}

/**
 * Checks the options of a module against its schema and decides what both modules share. The environment fills in
 * what the options leave out, and is checked with them.
 *
 * @param schema of the module's own options, which contain {@link GatewayOptions}
 * @param module the module's name, for messages
 * @throws INVALID_OPTIONS; REDIS_NOT_CONFIGURED when `requireRedis` is set and there is none.
 */
export function resolveGatewayOptions<Options extends GatewayOptions>(
  schema: v.GenericSchema<unknown, Options>,
  options: Options,
  env: Environment,
  module: string,
): ResolvedGatewayOptions {
  const checked = checkOptions(schema, fillFromEnvironment(options, env), module);
  const redis = resolveRedis(checked.redis, env);
  if (checked.requireRedis && (redis.kind === 'none' || redis.kind === 'invalid')) {
    const reason =
      redis.kind === 'invalid' ? redis.reason : `Set ${ENVIRONMENT.redisUrl} or the option 'redis'.`;
    throw new GatewayError('REDIS_NOT_CONFIGURED', `requireRedis is set, but there is no Redis. ${reason}`);
  }
  return Object.freeze({
    redis: Object.freeze(redis),
    requireRedis: checked.requireRedis ?? false,
    namespace: withSlash(checked.namespace ?? '/'),
    prefix: checked.prefix ?? 'socket-gateway',
    emitTimeoutMs: checked.emitTimeoutMs ?? 2000,
    maxPayloadBytes: checked.maxPayloadBytes ?? 64 * 1024,
    delivery: checked.delivery ?? DEFAULT_DELIVERY,
    log: resolveLogLimits(checked),
    outbox: resolveOutboxLimits(checked),
    shutdownTimeoutMs: checked.shutdownTimeoutMs ?? 5000,
    database: databaseOf(redis),
    maxFallbacks: checked.maxFallbacks ?? 100_000,
    logFormat: checked.logFormat ?? 'text',
    metrics: checked.metrics ?? NO_METRICS,
    tracing: checked.tracing ?? NO_TRACING,
  });
}

function resolveLogLimits(options: GatewayOptions): RoomLogLimits {
  return Object.freeze({
    ...DEFAULT_ROOM_LOG_LIMITS,
    maxLength: options.logMaxLength ?? DEFAULT_ROOM_LOG_LIMITS.maxLength,
    maxBytes: options.logMaxBytes ?? DEFAULT_ROOM_LOG_LIMITS.maxBytes,
    ttlMs: options.logTtlMs ?? DEFAULT_ROOM_LOG_LIMITS.ttlMs,
    dedupeTtlMs: options.dedupeTtlMs ?? DEFAULT_ROOM_LOG_LIMITS.dedupeTtlMs,
  });
}

function resolveOutboxLimits(options: GatewayOptions): OutboxLimits {
  return Object.freeze({
    maxEvents: options.outboxMaxEvents ?? DEFAULT_OUTBOX_LIMITS.maxEvents,
    maxBytes: options.outboxMaxBytes ?? DEFAULT_OUTBOX_LIMITS.maxBytes,
    maxAgeMs: options.outboxMaxAgeMs ?? DEFAULT_OUTBOX_LIMITS.maxAgeMs,
  });
}

function fillFromEnvironment(options: GatewayOptions, env: Environment): GatewayOptions {
  // What a factory forgot to return is for the schema to refuse.
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) return options;
  return {
    ...options,
    namespace: options.namespace ?? nonEmpty(env[ENVIRONMENT.namespace]),
    prefix: options.prefix ?? nonEmpty(env[ENVIRONMENT.prefix]),
  };
}

function withSlash(namespace: string): string {
  return namespace.startsWith('/') ? namespace : `/${namespace}`;
}

/** An empty variable counts as one that is not set: that is how .env files leave things out. */
function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
