import { Cluster, Redis } from 'ioredis';
import fc from 'fast-check';
import * as v from 'valibot';
import {
  DEFAULT_DELIVERY,
  DEFAULT_OUTBOX_LIMITS,
  DEFAULT_ROOM_LOG_LIMITS,
  gatewayOptionsEntries,
  resolveGatewayOptions,
  type Environment,
  type GatewayOptions,
  type ResolvedGatewayOptions,
} from '../../../src/config/index.js';
import { isGatewayError } from '../../../src/contract/index.js';
import { NO_METRICS } from '../../../src/metrics/index.js';
import { NO_TRACING } from '../../../src/tracing/index.js';
import { everyKind } from '../../support/hostile.js';

const schema = v.strictObject(gatewayOptionsEntries) as v.GenericSchema<unknown, GatewayOptions>;

function resolve(options: unknown, env: Environment = {}): ResolvedGatewayOptions {
  return resolveGatewayOptions(schema, options as GatewayOptions, env, 'Test');
}

function messageOf(options: unknown, env: Environment = {}): string {
  try {
    resolve(options, env);
  } catch (error) {
    if (isGatewayError(error, 'INVALID_OPTIONS')) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('resolveGatewayOptions', () => {
  it('has a default for everything', () => {
    expect(resolve({})).toEqual({
      redis: { kind: 'none' },
      requireRedis: false,
      namespace: '/',
      prefix: 'socket-gateway',
      emitTimeoutMs: 2000,
      maxPayloadBytes: 65_536,
      delivery: DEFAULT_DELIVERY,
      log: DEFAULT_ROOM_LOG_LIMITS,
      outbox: DEFAULT_OUTBOX_LIMITS,
      shutdownTimeoutMs: 5000,
      database: 0,
      maxFallbacks: 100_000,
      logFormat: 'text',
      metrics: NO_METRICS,
      tracing: NO_TRACING,
    });
  });

  it('takes the bounds of the log', () => {
    const options = { logMaxLength: 5, logMaxBytes: 65_536, logTtlMs: 1000, dedupeTtlMs: 2000 };
    const { log } = resolve(options);
    expect(log).toEqual({
      ...DEFAULT_ROOM_LOG_LIMITS,
      maxLength: 5,
      maxBytes: 65_536,
      ttlMs: 1000,
      dedupeTtlMs: 2000,
    });
    expect(Object.isFrozen(log)).toBe(true);
    expect(resolve({ delivery: 'durable' }).delivery).toBe('durable');
    expect(resolve({ delivery: 'live' }).delivery).toBe('live');
  });

  it('takes the bounds of the outbox, and how long the end may take', () => {
    const { outbox, shutdownTimeoutMs } = resolve({
      outboxMaxEvents: 5,
      outboxMaxBytes: 2048,
      outboxMaxAgeMs: 1000,
      shutdownTimeoutMs: 0,
    });
    expect(outbox).toEqual({ maxEvents: 5, maxBytes: 2048, maxAgeMs: 1000 });
    expect(Object.isFrozen(outbox)).toBe(true);
    expect(shutdownTimeoutMs).toBe(0);
    expect(messageOf({ outboxMaxEvents: 0 })).toContain('outboxMaxEvents: must be a whole number from 1');
    expect(messageOf({ outboxMaxBytes: 1 })).toContain('outboxMaxBytes: must be a whole number from 1024');
    expect(messageOf({ outboxMaxAgeMs: 1 })).toContain('outboxMaxAgeMs: must be a whole number from 1000');
    expect(messageOf({ shutdownTimeoutMs: -1 })).toContain(
      'shutdownTimeoutMs: must be a whole number from 0',
    );
  });

  it('knows the number of the database', () => {
    const client = new Redis({ lazyConnect: true, db: 4 });
    const cluster = new Cluster([{ host: 'a' }], { lazyConnect: true, redisOptions: { db: 4 } });
    for (const [redis, database] of [
      ['redis://a', 0],
      ['redis://a/3', 3],
      ['redis://a?db=2', 2],
      [{ db: 5 }, 5],
      [{ host: 'a' }, 0],
      [client, 4],
      [cluster, 0],
    ] as const) {
      expect(resolve({ redis }).database).toBe(database);
    }
    client.disconnect();
    cluster.disconnect();
  });

  it('takes what it is given, before what the environment says', () => {
    const options = {
      redis: 'redis://a',
      namespace: '/a',
      prefix: 'b',
      emitTimeoutMs: 10,
      maxPayloadBytes: 1,
    };
    const env = { REDIS_URL: 'redis://x', SOCKET_NAMESPACE: '/x', SOCKET_REDIS_CHANNEL: 'x' };
    expect(resolve(options, env)).toMatchObject({ ...options, redis: { address: 'a:6379' } });
    expect(resolve({}, env)).toMatchObject({ redis: { address: 'x:6379' }, namespace: '/x', prefix: 'x' });
  });

  it('reads the environment when it is called, and takes an empty variable for none', () => {
    const env: Record<string, string> = { SOCKET_NAMESPACE: '', SOCKET_REDIS_CHANNEL: '', REDIS_URL: '' };
    expect(resolve({}, env)).toEqual(resolve({}));
    env['SOCKET_NAMESPACE'] = 'later';
    expect(resolve({}, env).namespace).toBe('/later');
  });

  it('adds the slash of a namespace', () => {
    expect(resolve({ namespace: 'a' }).namespace).toBe('/a');
    expect(resolve({ namespace: '/a' }).namespace).toBe('/a');
  });

  it.each([
    [{ emitTimeoutMs: 9 }, 'Test options: emitTimeoutMs: must be a whole number from 10 to 600000.'],
    [{ emitTimeoutMs: 600_001 }, 'emitTimeoutMs: '],
    [{ emitTimeoutMs: 100.5 }, 'emitTimeoutMs: '],
    [{ emitTimeoutMs: NaN }, 'emitTimeoutMs: '],
    [{ emitTimeoutMs: '2000' }, 'emitTimeoutMs: '],
    [{ maxPayloadBytes: 0 }, 'maxPayloadBytes: must be a whole number from 1 to 67108864.'],
    [{ maxPayloadBytes: 67_108_865 }, 'maxPayloadBytes: '],
    [{ delivery: 'latest' }, "delivery: must be 'durable' or 'live'"],
    [{ logMaxLength: 0 }, 'logMaxLength: must be a whole number from 1 to 100000.'],
    [{ logMaxLength: 100_001 }, 'logMaxLength: '],
    [{ logMaxBytes: 16_383 }, 'logMaxBytes: must be a whole number from 16384 to 1073741824.'],
    [{ logMaxBytes: 2 ** 30 + 1 }, 'logMaxBytes: '],
    [{ logTtlMs: 999 }, 'logTtlMs: must be a whole number from 1000 to 31536000000.'],
    [{ logTtlMs: 365 * 24 * 3_600_000 + 1 }, 'logTtlMs: '],
    [{ maxFallbacks: 0 }, 'maxFallbacks: must be a whole number from 1 to 10000000.'],
    [{ dedupeTtlMs: 999 }, 'dedupeTtlMs: must be a whole number from 1000 to 31536000000.'],
    [{ namespace: '/a[b' }, 'namespace: must not contain brackets'],
    [{ namespace: '' }, 'namespace: must not be empty'],
    [{ namespace: 5 }, 'namespace: must be string'],
    [{ prefix: 'a{b}' }, 'prefix: must not contain brackets, braces'],
    [{ prefix: 'a\n' }, 'prefix: '],
    [{ prefix: '' }, 'prefix: must not be empty'],
    [{ requireRedis: 'yes' }, 'requireRedis: must be boolean'],
    [{ redis: 5 }, 'redis: must be a URL, the options of ioredis, or a client of ioredis'],
    [{ redis: { keyPrefix: 'a' } }, 'redis: must not have a keyPrefix'],
    [{ metrics: {} }, 'metrics: must have the methods counter, gauge and histogram'],
    [{ tracing: { emit: 1 } }, 'tracing: must have the methods emit, appended and delivered'],
    [{ emitTimeoutMS: 5 }, 'emitTimeoutMS: there is no such option'],
    [{ emitTimeoutMs: 1, prefix: '' }, /emitTimeoutMs: .*; prefix: |prefix: .*; emitTimeoutMs: /],
    [undefined, 'the options: '],
    [null, 'the options: '],
    ['redis://redis', 'the options: '],
  ])('refuses %j and names the path', (options, message) => {
    if (typeof message === 'string') expect(messageOf(options)).toContain(message);
    else expect(messageOf(options)).toMatch(message);
  });

  it.each(['[', ']', '{', '}', '#', '*', '?', '\\', '\u0000', '\u007f'])(
    'refuses %p in names',
    (character) => {
      for (const name of ['namespace', 'prefix']) {
        expect(messageOf({ [name]: `a${character}b` })).toContain(`${name}: must not contain`);
      }
      expect(messageOf({}, { SOCKET_NAMESPACE: `a${character}` })).toContain('namespace: ');
      expect(messageOf({}, { SOCKET_REDIS_CHANNEL: `a${character}` })).toContain('prefix: ');
    },
  );

  it('refuses clients with a keyPrefix', () => {
    const clients = [
      new Redis({ lazyConnect: true, keyPrefix: 'a' }),
      new Cluster([{ host: 'a' }], { lazyConnect: true, keyPrefix: 'a' }),
      new Cluster([{ host: 'a' }], { lazyConnect: true, redisOptions: { keyPrefix: 'a' } }),
    ];
    for (const redis of clients) {
      expect(messageOf({ redis })).toContain('redis: must not have a keyPrefix');
      redis.disconnect();
    }
  });

  it('insists on a Redis when it is told to', () => {
    for (const [options, env] of [
      [{}, {}],
      [{ redis: 'http://me:secret-word@redis' }, {}],
      [{}, { REDIS_URL: 'redis://me:%secret-word@redis' }],
    ] as const) {
      expect(() => resolve({ ...options, requireRedis: true }, env)).toThrow(
        expect.objectContaining({ code: 'REDIS_NOT_CONFIGURED' }) as Error,
      );
      expect(() => resolve({ ...options, requireRedis: true }, env)).not.toThrow(/secret-word/);
    }
    expect(resolve({ redis: 'redis://redis', requireRedis: true }).redis.kind).toBe('options');
  });

  it('quotes no value in its messages', () => {
    const secret = 'a-secret-value';
    const wrong = [[secret], { secret }, secret];
    for (const name of Object.keys(gatewayOptionsEntries)) {
      for (const value of wrong) {
        let message = '';
        try {
          resolve({ [name]: value });
        } catch (error) {
          message = String(error);
        }
        expect(message).not.toContain(secret);
      }
    }
  });

  it('throws INVALID_OPTIONS or nothing, whatever values it is given', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(gatewayOptionsEntries)), everyKind(), (name, value) => {
        try {
          resolve({ [name]: value });
        } catch (error) {
          expect(
            isGatewayError(error, 'INVALID_OPTIONS') || isGatewayError(error, 'REDIS_NOT_CONFIGURED'),
          ).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is frozen', () => {
    const resolved = resolve({ redis: 'redis://redis' });
    expect(Object.isFrozen(resolved)).toBe(true);
    expect(Object.isFrozen(resolved.redis)).toBe(true);
  });
});
