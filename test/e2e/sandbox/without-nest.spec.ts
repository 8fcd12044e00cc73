import { fileURLToPath } from 'node:url';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { projectRoot } from '../../../scripts/lib/project.mjs';
import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';
import type { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { runCommand, succeed } from '../../support/run-command.js';
import { uniquePrefix } from '../../support/unique-prefix.js';

const prefix = uniquePrefix();
const resources = new Resources();
let redis: RedisServer;
let server: GatewayApp;
let ann: TestClient;
let bob: TestClient;

beforeAll(async () => {
  redis = resources.add(await startRedisServer());
  const gateway = SocketGatewayModule.forRoot({ redis: redis.url, prefix, auth: AUTH });
  server = resources.add(await startGatewayApp({ gateway }));
  ann = await server.connect('ann');
  bob = await server.connect('bob');
});

afterAll(() => resources.stop());

interface BullRun {
  pid: number;
  outcomes: { value?: { status: string; pid: number }; failed?: string }[];
}

describe('a sandboxed processor of Bull', () => {
  async function run(queue: string, processor: string, jobs: readonly object[]): Promise<BullRun> {
    const args = [fixture('bull-worker.mjs'), queue, `./${processor}`, JSON.stringify(jobs)];
    const env = { REDIS_URL: redis.url, SOCKET_REDIS_CHANNEL: prefix };
    return JSON.parse(await succeed(process.execPath, args, { cwd: projectRoot, env })) as BullRun;
  }

  it('brings its events to the right user, from the process that Bull made for it', async () => {
    const { pid, outcomes } = await run('imports', 'processor.cjs', [{ userId: 'ann', rows: 3 }]);
    const value = outcomes[0]?.value;
    expect(value).toMatchObject({ status: 'published' });
    expect(value?.pid).not.toBe(pid);
    expect(await ann.received('import:done')).toEqual([{ rows: 3, pid: value?.pid }]);
    expect(bob.payloads('import:done')).toEqual([]);
  }, 60_000);

  it('keeps its emitter from job to job', async () => {
    const jobs = [1, 2, 3, 4, 5].map((rows) => ({ userId: 'bob', rows }));
    const { outcomes } = await run('more-imports', 'processor.cjs', jobs);
    const pids = new Set(outcomes.map(({ value }) => value?.pid));
    expect(pids.size).toBe(1);
    const payloads = (await bob.received('import:done', 5)) as { rows: number; pid: number }[];
    expect(payloads.map(({ rows }) => rows)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(payloads.map(({ pid }) => pid))).toEqual(pids);
  }, 60_000);

  it('has told the user when its job fails', async () => {
    const { outcomes } = await run('bad-imports', 'failing-processor.cjs', [{ userId: 'ann' }]);
    expect(outcomes).toEqual([{ failed: 'no rows' }]);
    expect(await ann.received('import:failed')).toEqual([{ reason: 'no rows' }]);
  }, 60_000);
});

describe('a plain script', () => {
  it.each(['script.mjs', 'script.cjs'])(
    '%s brings its event to the right user, and ends by itself',
    async (script) => {
      const env = { REDIS_URL: redis.url, SOCKET_REDIS_CHANNEL: prefix };
      const event = `hello-from-${script}`;
      const { code, stdout } = await runCommand(process.execPath, [fixture(script), 'ann', event], {
        cwd: projectRoot,
        env,
      });
      expect(JSON.parse(stdout)).toEqual({ status: 'published' });
      expect(code).toBe(0);
      expect(await ann.received(event)).toEqual([{ from: script }]);
      expect(bob.payloads(event)).toEqual([]);
    },
  );

  it('is told when there is no Redis, and ends by itself', async () => {
    const { code, stdout } = await runCommand(process.execPath, [fixture('script.mjs'), 'ann', 'lost'], {
      cwd: projectRoot,
    });
    expect(stdout).toContain('No Redis is configured');
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      status: 'failed',
      code: 'REDIS_NOT_CONFIGURED',
    });
    expect(code).toBe(0);
  });

  it('is told when Redis is away, and ends by itself', async () => {
    const away = await startRedisServer();
    await away.stop();
    const env = { REDIS_URL: away.url };
    const { code, stdout, stderr } = await runCommand(
      process.execPath,
      [fixture('script.cjs'), 'ann', 'lost'],
      {
        cwd: projectRoot,
        env,
      },
    );
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual({ status: 'queued' });
    expect(stderr).toContain('Closed with 1 events that Redis has not taken; they are lost.');
    expect(code).toBe(0);
  });
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}
