import { TestClient } from '../../support/connect-client.js';
import { RedisProcess } from '../../support/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer, DemoWorker } from './demo-apps.js';

const resources = new Resources();
afterEach(() => resources.stop());

/** Connects as the page does after a reload, and resolves with the names of what it is told then. */
async function visit(server: DemoServer): Promise<string[]> {
  const auth = { token: await server.login(), rewind: 'all' };
  const client = resources.add(new TestClient(server.url, { auth }));
  await client.received('gateway:ready');
  return client.events.map(({ name }) => name).filter((name) => name.startsWith('sheet:'));
}

async function serverAlone(): Promise<DemoServer> {
  return resources.add(await DemoServer.start());
}

async function serverWithWorker(): Promise<DemoServer> {
  const redis = resources.add(await RedisProcess.start());
  const server = resources.add(await DemoServer.start({ REDIS_URL: redis.url }));
  resources.add(await DemoWorker.start(server.config));
  return server;
}

describe.each([
  ['without Redis', serverAlone],
  ['with Redis and a worker', serverWithWorker],
])('who comes when an import is over, %s', (_where, start) => {
  it('is told what became of it, and not how far it once was', async () => {
    const server = await start();
    const ada = resources.add(await server.connect());
    const large = `a,b\n${'1,2\n'.repeat(500_000)}`;
    await server.import({ 'large.csv': large, 'empty.csv': '' }, ['airports.csv']);
    await ada.received('sheet:sync:progress');
    await waitFor('a visitor in the middle to be told how far it is', async () =>
      (await visit(server)).includes('sheet:sync:progress'),
    );
    await ada.received('sheet:sync:completed', 1, 15_000);

    const told = await visit(server);
    expect(told.filter((name) => name !== 'sheet:sync:queued')).toEqual([
      'sheet:sync:started',
      'sheet:sync:file',
      'sheet:sync:failed',
      'sheet:sync:file',
      'sheet:sync:completed',
    ]);
    expect(told).toContain('sheet:sync:queued');
  });
});
