import type { OperationsReport } from '../../../src/demo/server/operations/operations.controller.js';
import { OPERATIONS_ROOM, type Beat, type ProcessFigures } from '../../../src/demo/operations/index.js';
import { TestClient } from '../../support/connect-client.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';
import { DemoServer, DemoWorker } from './demo-apps.js';

const resources = new Resources();
afterEach(() => resources.stop());

async function ask(server: DemoServer, token: string, after = 0): Promise<OperationsReport> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${server.url}/api/operations?after=${after}`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as OperationsReport;
}

async function pause(server: DemoServer, token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(`${server.url}/api/operations/pause`, { method: 'POST', headers })).status;
}

async function watch(server: DemoServer): Promise<TestClient> {
  const auth = { token: await server.login(), rooms: [OPERATIONS_ROOM] };
  const client = resources.add(new TestClient(server.url, { auth }));
  await client.received('gateway:ready');
  return client;
}

describe('the figures of the demo’s processes', () => {
  it('are of the last minutes, second by second, for who is logged in', async () => {
    const server = resources.add(await DemoServer.start());
    await watch(server);
    const token = await server.login();
    const report = await waitFor('two samples with a connection', async () => {
      const { server: figures, ...rest } = await ask(server, token);
      const connected = figures.samples.filter(({ connections }) => connections > 0);
      return connected.length >= 2 ? { ...rest, figures } : undefined;
    });
    const { figures, pauseMs, heartbeats } = report;
    expect(figures).toMatchObject({ role: 'server', pid: process.pid });
    const newest = figures.samples.at(-1);
    expect(newest).toMatchObject({ ready: true, redis: 'none', outbox: 0, gaps: 0 });
    expect(newest?.latency).toHaveLength(figures.latencyBounds.length + 1);
    expect(figures.latencyBounds).toEqual([...figures.latencyBounds].sort((a, b) => a - b));
    expect(pauseMs).toBe(0);
    expect(heartbeats.durable).toBeGreaterThan(0);

    const time = newest?.time ?? 0;
    const later = await waitFor('a newer sample', async () => {
      const { samples } = (await ask(server, token, time)).server;
      return samples.length > 0 ? samples : undefined;
    });
    expect(later[0]?.time).toBeGreaterThan(time);
    const refused = await fetch(`${server.url}/api/operations`);
    expect(refused.status).toBe(401);
  });

  it('are asked for and told while Redis does not answer, and a worker’s are told afterwards without a hole', async () => {
    const redis = resources.add(await RedisProcess.start());
    const env = { REDIS_URL: redis.url, DEMO_PAUSE_MS: '3000' };
    const server = resources.add(await DemoServer.start(env));
    resources.add(await DemoWorker.start(server.config));
    const client = await watch(server);
    const token = await server.login();
    const beats = (): Beat[] => client.payloads('operations:beat') as Beat[];
    const told = (): ProcessFigures[] => client.payloads('operations:figures') as ProcessFigures[];
    await ask(server, token);
    await waitFor('the worker and beats', () => told().length > 1 && beats().length > 2, 20_000);

    const toldBefore = told().at(-1)?.samples.at(-1)?.time ?? 0;
    expect(await pause(server, token)).toBe(202);
    expect(await pause(server, token)).toBe(409);
    const waiting = await waitFor('events that wait', async () => {
      const { server: figures, pauses, pauseMs } = await ask(server, token);
      expect({ pauseMs, pauses }).toMatchObject({
        pauseMs: 3000,
        pauses: [{ ms: 3000, by: 'Ada Lovelace' }],
      });
      return figures.samples.some(({ outbox, outboxAgeMs }) => outbox > 3 && outboxAgeMs > 1000);
    });
    expect(waiting).toBe(true);
    const { heartbeats } = await ask(server, token);
    await waitFor('all beats', () => (beats().at(-1)?.number ?? 0) > heartbeats.durable, 20_000);
    const numbers = beats().map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));

    await waitFor(
      'the worker again',
      () => (told().at(-1)?.samples.at(-1)?.time ?? 0) > toldBefore + 4000,
      20_000,
    );
    const during =
      told()
        .at(-1)
        ?.samples.filter(({ time }) => time >= toldBefore) ?? [];
    const steps = during.slice(1).map(({ time }, index) => time - (during[index]?.time ?? 0));
    expect(during.length).toBeGreaterThan(3);
    expect(Math.max(...steps)).toBeLessThan(3000);
  });
});

describe('pausing Redis', () => {
  it('is for who is logged in, and says so when Redis is away', async () => {
    const redis = resources.add(await RedisProcess.start());
    const server = resources.add(await DemoServer.start({ REDIS_URL: redis.url, DEMO_PAUSE_MS: '1000' }));
    expect(await pause(server)).toBe(401);
    expect(await pause(server, 'no token')).toBe(401);
    const token = await server.login();
    expect((await ask(server, token)).pauses).toEqual([]);
    await redis.kill();
    expect(await pause(server, token)).toBe(503);
    expect((await ask(server, token)).pauses).toEqual([]);
    await redis.restart();
    // Then nothing that was emitted meanwhile, and no connection, has to be waited for when it ends.
    await waitFor('the queue', async () => (await server.import({}, ['stocks.csv'], token)).status === 202);
  });

  it.each([
    ['the demo is not told that it may', true, {}],
    ['there is no Redis', false, { DEMO_PAUSE_MS: '10000' }],
  ])('does not exist where %s', async (_, hasRedis, settings) => {
    const REDIS_URL = hasRedis ? resources.add(await RedisProcess.start()).url : '';
    const env = { ...settings, REDIS_URL };
    const server = resources.add(await DemoServer.start(env));
    const token = await server.login();
    expect(await pause(server, token)).toBe(404);
    expect((await ask(server, token)).pauseMs).toBe(0);
  });
});

describe('the operations page', () => {
  it('is served under the policy of the other page, with the library that draws its charts', async () => {
    const server = resources.add(await DemoServer.start());
    const response = await fetch(`${server.url}/operations`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+' 'sha256-[^']+';/);
    expect(policy).not.toContain('unsafe');
    expect(await response.text()).not.toMatch(/\sstyle=|\son[a-z]+=/);
    const files = [
      ['/vendor/uplot.js', 'text/javascript'],
      ['/vendor/uplot.css', 'text/css'],
      ['/operations/app.js', 'text/javascript'],
    ] as const;
    for (const [path, type] of files) {
      const file = await fetch(server.url + path);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers.get('content-type')).toContain(type);
    }
    expect((await fetch(`${server.url}/vendor/uplot.json`)).status).toBe(404);
  });
});
