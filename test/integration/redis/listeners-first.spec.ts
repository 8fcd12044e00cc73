import { tracingChannel } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import { listenersFirst } from '../../../src/redis/index.js';
import { waitFor } from '../../support/wait-for.js';

describe('a command that listeners are to hear of first', () => {
  let server: RedisServer;
  let client: Redis;

  const connect = async (url: string, options: { commandTimeout?: number } = {}): Promise<Redis> => {
    const made = new Redis(url, {
      ...options,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
      retryStrategy: () => 20,
    });
    made.on('error', () => undefined);
    await made.connect();
    return made;
  };
  beforeAll(async () => (server = await startRedisServer()));
  afterAll(() => server.stop());
  beforeEach(async () => (client = await connect(server.url)));
  afterEach(() => client.disconnect());

  it('leaves in one write with the PING', async () => {
    const writes: unknown[] = [];
    const { stream } = client as unknown as { stream: { write: (chunk: unknown) => boolean } };
    const write = stream.write.bind(stream);
    stream.write = (chunk) => {
      writes.push(chunk);
      return write(chunk);
    };
    expect(await listenersFirst(client, 'echo', ['é'])).toBe('é');
    expect(writes).toEqual(['*1\r\n$4\r\nping\r\n*2\r\n$4\r\necho\r\n$2\r\né\r\n']);
  });

  it('gets its own answer, among others of every kind', async () => {
    const asked = Array.from({ length: 300 }, async (_, index) => {
      if (index % 3 === 0) return [index, await client.echo(String(index))];
      if (index % 3 === 1) return [index, await listenersFirst(client, 'echo', [String(index)])];
      const refused = listenersFirst(client, 'incr', ['not a number', 'and too many']);
      return [index, await refused.catch(() => String(index))];
    });
    for (const [index, answer] of await Promise.all(asked)) expect(answer).toBe(String(index));
  });

  it('is answered where a PING is not allowed', async () => {
    await client.acl('SETUSER', 'silent', 'on', '>pw', '~*', '+@all', '-ping');
    const url = new URL(server.url);
    url.username = 'silent';
    url.password = 'pw';
    const silent = await connect(url.href);
    expect(await listenersFirst(silent, 'echo', ['a'])).toBe('a');
    expect(await silent.echo('b')).toBe('b');
    silent.disconnect();
  });

  it('fails when the connection is lost, and leaves nothing behind for the next one', async () => {
    const away = listenersFirst(client, 'blpop', ['nothing', '0']);
    client.disconnect(true);
    await expect(away).rejects.toThrow();
    await expect(listenersFirst(client, 'echo', ['a'])).rejects.toThrow();
    await waitFor('the next connection', () => client.status === 'ready');
    expect(await listenersFirst(client, 'echo', ['b'])).toBe('b');
    expect(await client.echo('c')).toBe('c');
  });

  it('has the time that the options of the client give to commands, and leaves no timer behind', async () => {
    const timed = await connect(server.url, { commandTimeout: 100 });
    await expect(listenersFirst(timed, 'blpop', ['nothing', '1'])).rejects.toThrow('Command timed out');
    await delay(1000);
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const before = timers();
    expect(await listenersFirst(timed, 'echo', ['a'])).toBe('a');
    expect(timers()).toBe(before);
    timed.disconnect();
  });

  it('is seen by those who trace the commands of ioredis, from its beginning to its answer', async () => {
    const seen: unknown[][] = [];
    const note =
      (step: string) =>
      (context: object): void => {
        const { command, args, error } = context as { command: string; args: unknown; error?: Error };
        seen.push([step, command, args, error?.message.slice(0, 3)]);
      };
    const handlers = {
      start: note('start'),
      end: () => undefined,
      asyncStart: () => undefined,
      asyncEnd: note('asyncEnd'),
      error: note('error'),
    };
    const channel = tracingChannel<unknown, object>('ioredis:command');
    await client.set('a', '1');
    channel.subscribe(handlers);
    await listenersFirst(client, 'get', ['a']);
    await listenersFirst(client, 'incrby', ['a', 'no number']).catch(() => undefined);
    channel.unsubscribe(handlers);
    const steps = seen.filter(([, command]) => command !== 'ping');
    expect(steps).toEqual([
      ['start', 'get', ['a'], undefined],
      ['asyncEnd', 'get', ['a'], undefined],
      ['start', 'incrby', ['a', 'no number'], undefined],
      ['error', 'incrby', ['a', 'no number'], 'ERR'],
      ['asyncEnd', 'incrby', ['a', 'no number'], 'ERR'],
    ]);
  });
});
