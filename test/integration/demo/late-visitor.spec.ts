import type { JobMessage } from 'nestjs-socket-gateway/jobs';
import { TestClient } from '../../support/connect-client.js';
import { receivedOf } from '../../support/demo/job-messages.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
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
  return client.events.flatMap(({ name, args: [data] }) =>
    name === 'gateway:job' ? [(data as JobMessage).type] : name.startsWith('sheet:') ? [name] : [],
  );
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
    await receivedOf(ada, 'job_progress');
    await waitFor('a visitor in the middle to be told how far it is', async () =>
      (await visit(server)).includes('job_progress'),
    );
    await ada.received('sheet:sync:ended', 1, 15_000);

    const told = await visit(server);
    expect(told.filter((name) => name !== 'sheet:sync:queued')).toEqual([
      'sheet:sync:taken',
      'job_started',
      ...['file_processing', 'file_completed'],
      ...['file_processing', 'error'],
      ...['file_processing', 'file_completed'],
      'job_completed',
      'sheet:sync:ended',
    ]);
    expect(told).toContain('sheet:sync:queued');
  });
});
