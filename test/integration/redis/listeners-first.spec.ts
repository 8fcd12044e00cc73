import { Redis } from 'ioredis';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import { listenersFirst } from '../../../src/redis/index.js';
import { waitFor } from '../../support/wait-for.js';

describe('a command that listeners are to hear of first', () => {
  let server: RedisServer;
  let client: Redis;

  const connect = async (url: string): Promise<Redis> => {
    const made = new Redis(url, {
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
});
