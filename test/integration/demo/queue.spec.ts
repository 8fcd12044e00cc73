import type { TestClient } from '../../support/connect-client.js';
import { RedisProcess } from '../../support/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer, DemoWorker } from './demo-apps.js';

const resources = new Resources();
let redis: RedisProcess;
let server: DemoServer;
beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  server = resources.add(await DemoServer.start({ REDIS_URL: redis.url }));
});
afterAll(() => resources.stop());

const large = `id,name\n${Array.from({ length: 150_000 }, (_, index) => `${index},name ${index}\n`).join('')}`;

/**
 * Imports until the user hears that one is completed. After an absence of Redis each connection comes back in its own
 * time, and what is sent `live` before they all have is lost.
 */
async function importUntilHeard(of: DemoServer, client: TestClient): Promise<void> {
  const token = await of.login();
  const heard = (): boolean => client.payloads('sheet:sync:completed').length > 0;
  await waitFor(
    'an import to be heard of',
    async () => {
      const { status } = await of.import({}, ['github.csv'], token);
      if (status === 202) await waitFor('its events', heard, 2000).catch(() => undefined);
      return heard();
    },
    20_000,
  );
}

describe('the demo with workers', () => {
  it('stops in order while Redis is away', async () => {
    const other = await RedisProcess.start();
    const alone = await DemoServer.start({ REDIS_URL: other.url });
    const worker = await DemoWorker.start(alone.config);
    await other.stop();
    await worker.stop();
    await alone.stop();
  });

  it('queues an import until there is a worker, which tells the user and removes what was uploaded', async () => {
    const ada = resources.add(await server.connect('ada'));
    const { status, body } = await server.import({ 'a.csv': 'a,b\n1,2\n' }, ['airports.csv']);
    expect(status).toBe(202);
    await ada.received('sheet:sync:queued');
    expect(await server.uploads()).toEqual([body.importId]);
    const worker = await DemoWorker.start(server.config);
    try {
      const [completed] = await ada.received('sheet:sync:completed');
      expect(completed).toMatchObject({ importId: body.importId, role: 'worker', rows: 3377 });
      await server.uploadsRemoved();
    } finally {
      await worker.stop();
    }
  });

  it('hands an import to another worker when the one that does it is stopped', async () => {
    const ada = resources.add(await server.connect('ada'));
    const first = await DemoWorker.start(server.config);
    await server.import({ 'large.csv': large });
    await ada.received('sheet:sync:progress', 2);
    await first.stop();
    expect(ada.payloads('sheet:sync:completed')).toEqual([]);
    const second = await DemoWorker.start(server.config);
    try {
      await ada.received('sheet:sync:completed', 1, 15_000);
      const runs = ada.payloads('sheet:sync:started').map((data) => (data as { run: number }).run);
      expect(runs).toHaveLength(2);
      expect(runs[1]).toBeGreaterThan(runs[0] ?? Infinity);
      expect(ada.payloads('sheet:sync:file')).toMatchObject([{ run: runs[1], result: { rows: 150_000 } }]);
      await server.uploadsRemoved();
    } finally {
      await second.stop();
    }
  }, 40_000);

  it('refuses within 3 s while Redis does not answer, and imports nothing when the job arrives late', async () => {
    const ada = resources.add(await server.connect('ada'));
    redis.pause();
    let answer;
    try {
      answer = await server.import({ 'a.csv': 'a\n1\n' }, ['airports.csv']);
    } finally {
      redis.resume();
    }
    expect(answer).toMatchObject({
      status: 503,
      body: { message: expect.stringContaining('Try again') as string },
    });
    expect(answer.ms).toBeLessThan(3000);
    expect(await server.uploads()).toEqual([]);
    const worker = await DemoWorker.start(server.config);
    try {
      // The queue is first in, first out: when a later import is done, the late one has been dealt with.
      await importUntilHeard(server, ada);
      const started = ada.payloads('sheet:sync:started') as { files: { name: string }[] }[];
      expect(started.flatMap(({ files }) => files.map(({ name }) => name))).not.toContain('airports.csv');
    } finally {
      await worker.stop();
    }
  }, 40_000);

  it('starts while Redis is away, refuses imports within 3 s, and takes them when Redis comes', async () => {
    const late = resources.add(await RedisProcess.start());
    await late.kill();
    const lonely = resources.add(await DemoServer.start({ REDIS_URL: late.url }));
    const worker = resources.add(await DemoWorker.start(lonely.config));
    expect(worker).toBeDefined();
    const answer = await lonely.import({ 'a.csv': 'a\n1\n' });
    expect(answer.status).toBe(503);
    expect(answer.ms).toBeLessThan(3000);
    expect(await lonely.uploads()).toEqual([]);
    const ada = resources.add(await lonely.connect('ada'));
    await late.restart();
    await importUntilHeard(lonely, ada);
  }, 40_000);
});
