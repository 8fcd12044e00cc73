import { jest } from '@jest/globals';
import { openAsBlob } from 'node:fs';
import { TestClient } from '../../support/connect-client.js';
import { DemoEnvironment } from '../../support/demo/demo-environment.js';
import { DemoProcess, DemoServerProcess } from '../../support/demo/demo-process.js';
import { messagesOf, receivedOf } from '../../support/demo/job-messages.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';

jest.setTimeout(180_000);

const resources = new Resources();
afterEach(() => resources.stop());

async function logIn(url: string): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":"ada"}' };
  return ((await (await fetch(`${url}/api/login`, init)).json()) as { token: string }).token;
}

describe("the demo's worker", () => {
  it('stays below 200 MB while it imports a million rows, and tells at most ten times a second how far it is', async () => {
    const demo = resources.add(await DemoEnvironment.make());
    const redis = resources.add(await RedisProcess.start());
    const env = { ...demo.env, REDIS_URL: redis.url };
    const server = resources.add(await DemoServerProcess.start(env));
    const worker = resources.add(await DemoProcess.startWorker(env));
    const token = await logIn(server.url);
    const client = resources.add(new TestClient(server.url, { auth: { token } }));
    await client.received('gateway:ready');

    const form = new FormData();
    form.append('files', await openAsBlob(await demo.largeFile('million.csv', 1_000_000)), 'million.csv');
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/api/imports`, { method: 'POST', headers, body: form });
    expect(response.status).toBe(202);
    await receivedOf(client, 'job_completed', 1, 150_000);

    expect(messagesOf(client, 'file_completed')).toMatchObject([
      { result: { sheet: { rows: 1_000_000, problems: { total: 0 } } } },
    ]);
    expect((await worker.peakMemory()) / 1e6).toBeLessThan(200);
    const times = messagesOf(client, 'job_progress').map(({ time }) => time);
    expect(times.length).toBeGreaterThan(10);
    // Where it ends is said when it ends, which is not made to wait.
    for (const [index, time] of times.slice(0, -1).entries()) {
      // The clock of `time` counts whole milliseconds.
      expect(time - (times[index - 10] ?? -Infinity)).toBeGreaterThanOrEqual(990);
    }
  });

  it('starts without Redis, says that it has nothing to do, and ends when it is told to', async () => {
    for (const url of ['', 'not a URL']) {
      const worker = resources.add(await DemoProcess.startWorker({ REDIS_URL: url }));
      await worker.has(/nothing to do/);
      await worker.end('SIGTERM');
      expect(worker.output).not.toMatch(/rejection|at .*\.js/i);
    }
  });

  it('ends in order while Redis is away, though it never was there', async () => {
    const worker = resources.add(await DemoProcess.startWorker({ REDIS_URL: 'redis://127.0.0.1:1' }));
    await worker.has(/queue has a problem/);
    expect(await worker.end('SIGTERM')).not.toBe(1);
    expect(worker.output).not.toMatch(/unhandled/i);
  });
});
