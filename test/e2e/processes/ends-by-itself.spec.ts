import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { runFixture } from '../../support/run-fixture.js';

const resources = new Resources();
let url: string;

beforeAll(async () => {
  ({ url } = resources.add(await RedisProcess.start()));
});
afterAll(() => resources.stop());

async function run(fixture: string, env: Record<string, string>): Promise<unknown> {
  return JSON.parse(await runFixture(fixture, [], env));
}

describe('After app.close() a process ends by itself', () => {
  it('a worker, which never listened on a port', async () => {
    expect(await run('worker-once.mjs', { REDIS_URL: url })).toEqual({
      statuses: { live: 'published', latest: 'published', durable: 'published' },
      listens: false,
    });
  });

  it('a worker whose Redis was never there', async () => {
    expect(await run('worker-once.mjs', { REDIS_URL: 'redis://127.0.0.1:1' })).toEqual({
      statuses: { live: 'failed', latest: 'queued', durable: 'queued' },
      listens: false,
    });
  });

  it('a server', async () => {
    expect(await run('server-once.mjs', { REDIS_URL: url })).toEqual({
      statuses: { live: 'published', latest: 'published', durable: 'published' },
      listens: true,
    });
  });

  it('a server whose Redis was never there, or not configured', async () => {
    expect(await run('server-once.mjs', { REDIS_URL: 'redis://127.0.0.1:1' })).toMatchObject({
      statuses: { live: 'failed', latest: 'queued', durable: 'queued' },
    });
    expect(await run('server-once.mjs', {})).toMatchObject({
      statuses: { live: 'published', latest: 'published', durable: 'published' },
    });
  });
});
