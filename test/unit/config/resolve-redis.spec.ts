import { Redis } from 'ioredis';
import fc from 'fast-check';
import type { RedisOption } from '../../../src/config/index.js';
import { resolveRedis, type ResolvedRedis } from '../../../src/config/resolve-redis.js';
import { anyString } from '../../support/arbitraries.js';

/** Everything of it that may be logged. */
function shownBy(redis: ResolvedRedis): string {
  if (redis.kind === 'none') return '';
  return redis.kind === 'invalid' ? redis.reason : redis.address;
}

describe('resolveRedis', () => {
  it.each<[string, object, string]>([
    ['redis://redis', { host: 'redis' }, 'redis:6379'],
    ['redis://redis:7000/2', { host: 'redis', port: 7000, db: 2 }, 'redis:7000'],
    ['redis://redis/', { host: 'redis' }, 'redis:6379'],
    ['redis://:p%40ss@redis', { host: 'redis', username: '', password: 'p@ss' }, 'redis:6379'],
    ['redis://me@redis', { host: 'redis', username: 'me', password: '' }, 'redis:6379'],
    ['redis://me:p@ss:w@redis:1', { host: 'redis', port: 1, username: 'me', password: 'p@ss:w' }, 'redis:1'],
    ['rediss://redis', { host: 'redis', tls: {} }, 'redis:6379'],
    ['REDISS://redis', { host: 'redis', tls: {} }, 'redis:6379'],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }, '[::1]:7000'],
    ['redis://redis?family=6', { host: 'redis', family: 6 }, 'redis:6379'],
    ['  redis://redis\n', { host: 'redis' }, 'redis:6379'],
  ])('reads %p', (url, options, address) => {
    expect(resolveRedis(url, {})).toEqual({ kind: 'options', options, address });
    expect(resolveRedis(undefined, { REDIS_URL: url })).toEqual({ kind: 'options', options, address });
  });

  it.each([
    'redis://me:secret@redis:7000/2',
    'redis://:secret@redis',
    'redis://redis?family=4&connectionName=me',
    'redis://[::1]:7000/1',
  ])('reads %p as ioredis does', (url) => {
    const { options } = resolveRedis(url, {}) as { options: object };
    const [ours, theirs] = [options, url].map((given) => {
      const client = new Redis(given as string, { lazyConnect: true });
      const { host, port, db, username, password, family, connectionName } = client.options;
      client.disconnect();
      return { host, port, db, username: username ?? '', password: password ?? '', family, connectionName };
    });
    expect(ours).toEqual(theirs);
  });

  it.each([
    'redis',
    'redis:6379',
    'redis:',
    '//redis',
    '/tmp/redis.sock',
    'http://redis',
    'redis://',
    'redis:///0',
    'redis://redis:port',
    'redis://redis:70000',
    'redis://redis/zero',
    'redis://redis/0/1',
    'redis://me:12#34@redis',
    'redis://me:12?34@redis',
    'redis://me:12/34@redis',
    'redis://me:%zz@redis',
    'redis://redis?keyPrefix=a',
  ])('finds %p invalid, and says what was expected', (url) => {
    expect(resolveRedis(url, {})).toMatchObject({
      kind: 'invalid',
      reason: expect.stringMatching(/^The option 'redis' /) as string,
    });
    expect(resolveRedis(undefined, { REDIS_URL: url })).toMatchObject({
      reason: expect.stringMatching(/^REDIS_URL /) as string,
    });
  });

  it('never throws, and shows no password, whatever is set', () => {
    fc.assert(
      fc.property(
        anyString,
        fc.oneof(
          fc.string({ minLength: 3 }),
          fc.string({ minLength: 3, unit: 'binary' }),
          fc.stringMatching(/^[0-9]{1,4}[#?/@:%\\][a-z]{3}$/),
        ),
        fc.constantFrom('redis', 'rediss', 'http', ''),
        (anyText, random, scheme) => {
          resolveRedis(anyText, {});
          resolveRedis(undefined, { REDIS_URL: anyText });
          // Long and rare, so that it is not in our own words by chance.
          const password = `Zq${random.replace(/zq/gi, '')}Zq`;
          for (const part of [password, encodeURIComponent(password)]) {
            for (const url of [
              `${scheme}://me:${part}@redis:6379/0`,
              `${scheme}://:${part}@redis`,
              `${scheme}://${part}@redis`,
              `${scheme}:me:${part}@redis`,
              `${scheme}://redis?password=${part}`,
              `${scheme}://redis/0#${part}`,
              // Without a host, what follows an '@' is the host for everyone who reads it.
              `${scheme}://me:${part.replaceAll('@', '')}`,
              part,
              `${part}:6379`,
            ]) {
              for (const redis of [resolveRedis(url, {}), resolveRedis(undefined, { REDIS_URL: url })]) {
                if (shownBy(redis).toLowerCase().includes('zq'))
                  throw new Error(`${url} shows ${shownBy(redis)}`);
              }
            }
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    [undefined, undefined],
    [undefined, ''],
    [undefined, '  '],
    ['', 'redis://redis'],
  ])('finds none in the option %p and the variable %p', (option, variable) => {
    expect(resolveRedis(option, variable === undefined ? {} : { REDIS_URL: variable })).toEqual({
      kind: 'none',
    });
  });

  it('prefers the option', () => {
    expect(resolveRedis('redis://a', { REDIS_URL: 'redis://b' })).toMatchObject({ address: 'a:6379' });
  });

  it.each<[RedisOption, string]>([
    [{}, 'localhost:6379'],
    [{ host: 'redis', port: 7000, password: 'secret' }, 'redis:7000'],
    [{ path: '/tmp/redis.sock' }, '/tmp/redis.sock'],
    [{ sentinels: [{ host: 'a' }], name: 'mymaster' }, 'mymaster by Sentinel'],
    [{ sentinels: [{ host: 'a' }] }, 'master by Sentinel'],
    [{ host: 'redis://me:secret@redis' }, 'redis:6379'],
    [{ path: 'redis://me:secret@redis:6379' }, 'redis:6379'],
  ])('takes the options %j of ioredis, and shows %p', (options, address) => {
    expect(resolveRedis(options, {})).toEqual({ kind: 'options', options, address });
  });

  it('takes a client', () => {
    const client = new Redis({ lazyConnect: true });
    expect(resolveRedis(client, {})).toEqual({ kind: 'client', client, address: 'the given client' });
    client.disconnect();
  });
});
