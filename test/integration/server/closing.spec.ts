import { Redis } from 'ioredis';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { published } from '../../support/expected-replies.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
let url: string;
let redis: Redis;

beforeAll(async () => {
  ({ url } = resources.add(await RedisProcess.start()));
  redis = new Redis(url);
  resources.add({ stop: () => redis.disconnect() });
});
afterAll(() => resources.stop());

/** The library's connections, as Redis sees them: name and number of subscriptions. */
async function connections(): Promise<{ name: string; subscriptions: number }[]> {
  const list = String(await redis.call('CLIENT', 'LIST'));
  return list
    .split('\n')
    .map((line) => new Map(line.split(' ').map((pair) => pair.split('=', 2) as [string, string])))
    .filter((client) => client.get('name')?.startsWith('socket-gateway:'))
    .map((client) => ({
      name: client.get('name') as string,
      subscriptions: Number(client.get('sub')) + Number(client.get('psub')),
    }));
}

describe('A worker', () => {
  it('connects at its first emit, once, without a subscription, and is gone from Redis when it is closed', async () => {
    const { app, emitter } = await startWorkerApplication(resources, { redis: url, prefix: 'closing' });
    expect(await connections()).toEqual([]);
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        emitter.emitToUser('ann', 'event', 1, {
          delivery: (['live', 'latest', 'durable'] as const)[index % 3],
        }),
      ),
    );
    expect(await connections()).toEqual([{ name: 'socket-gateway:emit', subscriptions: 0 }]);
    await app.close();
    await waitFor('no connection', async () => (await connections()).length === 0);
    expect(await emitter.emitToUser('ann', 'event', 1)).toMatchObject({
      status: 'failed',
      error: { code: 'EMITTER_CLOSED', retryable: false },
    });
  });

  it('that never emitted closes too, and emits nothing afterwards', async () => {
    const { app, emitter } = await startWorkerApplication(resources, { redis: url, prefix: 'closing' });
    await app.close();
    expect(await emitter.emitToUser('ann', 'event', 1)).toMatchObject({ error: { code: 'EMITTER_CLOSED' } });
    expect(await connections()).toEqual([]);
  });

  it('hands over what it had emitted before it was closed', async () => {
    const server = await startServerApplication(resources, { redis: url, prefix: 'closing-last' });
    const ann = await server.connect('ann');
    const { app, emitter } = await startWorkerApplication(resources, { redis: url, prefix: 'closing-last' });
    await waitFor('the server to hear', async () => {
      await emitter.emitToUser('ann', 'warm-up', 1);
      return ann.payloads('warm-up').length > 0;
    });
    const results = Array.from({ length: 50 }, (_, index) => emitter.emitToUser('ann', 'last', index));
    await app.close();
    for (const result of results) expect(await result).toEqual(published(1));
    expect(await ann.received('last', 50)).toEqual([...Array(50).keys()]);
    await server.app.close();
  });

  it('closes in bounded time while Redis is paused', async () => {
    const own = resources.add(await RedisProcess.start());
    const { app, emitter } = await startWorkerApplication(resources, { redis: own.url, emitTimeoutMs: 500 });
    await emitter.broadcast('event', 1);
    own.pause();
    const started = performance.now();
    await app.close();
    expect(performance.now() - started).toBeLessThan(2000);
    own.resume();
  });
});

describe('A server', () => {
  it('has one connection to publish and one to subscribe, and both are gone when it is closed', async () => {
    const server = await startServerApplication(resources, { redis: url, prefix: 'closing' });
    await waitFor('its subscriptions', async () =>
      (await connections()).some(({ subscriptions }) => subscriptions > 0),
    );
    expect((await connections()).map(({ name }) => name).sort()).toEqual([
      'socket-gateway:publish',
      'socket-gateway:subscribe',
    ]);
    const ann = await server.connect('ann');
    await server.app.close();
    await waitFor('no connection', async () => (await connections()).length === 0);
    await waitFor('its client to be disconnected', () => ann.disconnectCount === 1);
    expect(await server.gateway.emitToUser('ann', 'event', 1)).toMatchObject({
      status: 'failed',
      error: { code: 'EMITTER_CLOSED' },
    });
  });

  it('closes in bounded time while Redis is paused, and while it was never there', async () => {
    const own = resources.add(await RedisProcess.start());
    const paused = await startServerApplication(resources, { redis: own.url, emitTimeoutMs: 500 });
    const absent = await startServerApplication(resources, {
      redis: 'redis://127.0.0.1:1',
      emitTimeoutMs: 500,
    });
    await paused.gateway.broadcast('event', 1);
    own.pause();
    const started = performance.now();
    await Promise.all([paused.app.close(), absent.app.close()]);
    expect(performance.now() - started).toBeLessThan(3000);
    own.resume();
  });
});
