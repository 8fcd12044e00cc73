import * as v from 'valibot';
import type { GatewayMetrics } from '../metrics/index.js';
import type { GatewayTracing } from '../tracing/index.js';

/** Redis would read these in a channel's name as a pattern, or as a hash tag. */
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const SPECIAL = /[[\]{}#*?\\\u0000-\u001f\u007f]/;

const plainName = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.check(
    (name) => !SPECIAL.test(name),
    'must not contain brackets, braces, #, *, ?, \\ or control characters',
  ),
);

const isRedis = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null);

interface WithKeyPrefix {
  keyPrefix?: unknown;
  /** Those of a client. */
  options?: WithKeyPrefix;
  /** Those of a cluster's client. */
  redisOptions?: WithKeyPrefix;
}

const hasNoKeyPrefix = (value: unknown): boolean => {
  const { keyPrefix, options } = value as WithKeyPrefix;
  return !keyPrefix && !options?.keyPrefix && !options?.redisOptions?.keyPrefix;
};

const redis = v.pipe(
  v.custom(isRedis, 'must be a URL, the options of ioredis, or a client of ioredis'),
  v.check(
    hasNoKeyPrefix,
    "must not have a keyPrefix, which ioredis does not add to channels; use the option 'prefix'",
  ),
);

const hasMethods =
  (...methods: string[]) =>
  (value: unknown): boolean =>
    methods.every((method) => typeof (value as Record<string, unknown> | null)?.[method] === 'function');

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Checks a number without a fraction, both ends allowed. */
export const wholeNumber = (atLeast: number, atMost: number): v.GenericSchema<unknown, number> =>
  v.custom<number>(
    (value) => Number.isInteger(value) && (value as number) >= atLeast && (value as number) <= atMost,
    `must be a whole number from ${atLeast} to ${atMost}`,
  );

/** The checks of `GatewayOptions`, entry by entry, for the modules' own schemas to extend. */
export const gatewayOptionsEntries = {
  redis: v.optional(redis),
  requireRedis: v.optional(v.boolean()),
  namespace: v.optional(plainName),
  prefix: v.optional(plainName),
  emitTimeoutMs: v.optional(wholeNumber(10, 600_000)),
  maxPayloadBytes: v.optional(wholeNumber(1, 64 * 1024 * 1024)),
  delivery: v.optional(v.picklist(['durable', 'live'], "must be 'durable' or 'live'")),
  logMaxLength: v.optional(wholeNumber(1, 100_000)),
  logMaxBytes: v.optional(wholeNumber(16 * 1024, 1024 * 1024 * 1024)),
  logTtlMs: v.optional(wholeNumber(1000, YEAR_MS)),
  dedupeTtlMs: v.optional(wholeNumber(1000, YEAR_MS)),
  outboxMaxEvents: v.optional(wholeNumber(1, 1_000_000)),
  outboxMaxBytes: v.optional(wholeNumber(1024, 1024 * 1024 * 1024)),
  outboxMaxAgeMs: v.optional(wholeNumber(1000, 24 * 60 * 60 * 1000)),
  shutdownTimeoutMs: v.optional(wholeNumber(0, 600_000)),
  maxFallbacks: v.optional(wholeNumber(1, 10_000_000)),
  logFormat: v.optional(v.picklist(['text', 'fields'], "must be 'text' or 'fields'")),
  metrics: v.optional(
    v.custom<GatewayMetrics>(
      hasMethods('counter', 'gauge', 'histogram'),
      'must have the methods counter, gauge and histogram',
    ),
  ),
  tracing: v.optional(
    v.custom<GatewayTracing>(
      hasMethods('emit', 'appended', 'delivered'),
      'must have the methods emit, appended and delivered',
    ),
  ),
};
