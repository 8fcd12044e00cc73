import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
let redis: RedisProcess;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
});

afterAll(() => resources.stop());

describe.each([
  ['6', () => new Redis(redis.url, { lazyConnect: true })],
  ['5', () => new Redis5(redis.url, { lazyConnect: true }) as unknown as Redis],
])('a client of ioredis %s that the application gives', (major, open) => {
  it('is duplicated for both sides, and left open and as it was when they close', async () => {
    const client = open();
    resources.add({
      stop: () => {
        client.disconnect();
        return Promise.resolve();
      },
    });
    await client.connect();
    const before = await connectionCount(client);

    const options = { redis: client, prefix: `given-${major}` };
    const server = await startServerApplication(resources, options);
    const worker = await startWorkerApplication(resources, options);
    const ann = await server.connect('ann');
    await waitFor('the event', async () => {
      await worker.emitter.emitToUser('ann', 'hello', { rows: 1 });
      return ann.payloads('hello').length > 0;
    });
    expect(ann.payloads('hello')[0]).toEqual({ rows: 1 });
    expect(await connectionCount(client)).toBe(before + 3);

    await Promise.all([server.app.close(), worker.app.close()]);
    await waitFor('ours to be closed', async () => (await connectionCount(client)) === before);
    expect(client.status).toBe('ready');
    expect(await client.ping()).toBe('PONG');
    expect(client.options.enableOfflineQueue).toBe(true);
  });
});

async function connectionCount(client: Redis): Promise<number> {
  const list = (await client.call('CLIENT', 'LIST')) as string;
  return list.trim().split('\n').length;
}
