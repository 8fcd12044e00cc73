import type { AppProcess } from '../../support/app-process.js';
import { connectClient, type TestClient } from '../../support/connect-client.js';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import {
  EMIT_TIMEOUT_MS,
  startServer,
  startWorker,
  type SentResult,
  type ServerProcess,
} from '../../support/gateway-processes.js';
import { published, QUEUED } from '../../support/expected-replies.js';
import { startOutageSite } from '../../support/outage-site.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

const PASSWORD = 'pa55-that-nobody-may-see';
const LIVE = { delivery: 'live' } as const;

const resources = new Resources();
let port: number;
let serverA: ServerProcess;
let serverB: ServerProcess;
let worker: AppProcess;
let ann: TestClient;
let bob: TestClient;

beforeAll(async () => {
  port = await freePort();
  const env = { REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${port}` };
  ({ serverA, serverB, worker, ann, bob } = await startOutageSite(resources, env));
});
afterAll(() => resources.stop());

describe('When Redis refuses the password', () => {
  it('an error is logged that does not contain it, and both processes serve what they can', async () => {
    const redis = resources.add(await RedisProcess.start({ password: 'the-right-one' }));
    const env = { REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${redis.port}` };
    const [server, itsWorker] = await Promise.all([startServer(resources, env), startWorker(resources, env)]);
    const eve = await server.connect('eve');

    await server.app.call('emitToUser', 'eve', 'own', 1, LIVE);
    expect(await eve.received('own')).toEqual([1]);
    expect(await itsWorker.call<SentResult>('emitToUser', 'eve', 'far', 1, LIVE)).toMatchObject({
      status: 'failed',
      code: 'REDIS_UNAVAILABLE',
    });
    for (const app of [server.app, itsWorker]) {
      expect(await app.call<SentResult>('emitToUser', 'eve', 'kept', 1)).toEqual(QUEUED);
    }
    for (const app of [server.app, itsWorker]) {
      await waitFor('the error', () => app.lines(/ERROR.*Redis at 127\.0\.0\.1:\d+.*WRONGPASS/).length > 0);
      expect(app.output).not.toContain(PASSWORD);
      expect(app.isRunning).toBe(true);
    }
  });
});

describe('When Redis cannot be reached at start', () => {
  it('the server has started and serves its own sockets', async () => {
    const result = await serverA.app.call<SentResult>('emitToUser', 'ann', 'own', 1, LIVE);
    expect(await ann.received('own')).toEqual([1]);
    // The sockets of other servers missed it, and the result says so.
    expect(result).toEqual({ status: 'failed', code: 'REDIS_UNAVAILABLE', retryable: true });
  });

  it('the worker has started, and its live emits fail in time', async () => {
    const { value, ms } = await worker.outcome('emitToUser', 'ann', 'far', 1, LIVE);
    expect(value).toEqual({ status: 'failed', code: 'REDIS_UNAVAILABLE', retryable: true });
    expect(ms).toBeLessThan(EMIT_TIMEOUT_MS);
  });

  it('durable emits are queued in time, and nobody gets them yet', async () => {
    for (const app of [worker, serverA.app]) {
      const { value, ms } = await app.outcome('emitToRoom', 'archive', 'kept', app.pid);
      expect(value).toEqual(QUEUED);
      expect(ms).toBeLessThan(EMIT_TIMEOUT_MS);
    }
    expect(ann.payloads('kept')).toEqual([]);
  });

  it("an error is logged by each, without the URL's password", () => {
    for (const app of [serverA.app, serverB.app, worker]) {
      expect(app.lines(/ERROR.*Redis at 127\.0\.0\.1:\d+ is away/).length).toBeGreaterThan(0);
      expect(app.output).not.toContain(PASSWORD);
    }
  });

  it('both work across processes within 5 s after Redis has appeared, without a restart', async () => {
    resources.add(await RedisProcess.start({ port, password: PASSWORD }));
    const appeared = performance.now();

    await waitFor("the worker's event at the user of server A", async () => {
      await worker.call('emitToUser', 'ann', 'from-worker', 1);
      return ann.payloads('from-worker').length > 0;
    });
    await waitFor("server A's event at the user of server B", async () => {
      await serverA.app.call('emitToUser', 'bob', 'from-server', 1);
      return bob.payloads('from-server').length > 0;
    });

    expect(performance.now() - appeared).toBeLessThan(5000);
    expect(await worker.call('emitToUser', 'ann', 'again', 1)).toEqual(published(1));
    expect(await serverA.app.call('emitToUser', 'bob', 'again', 1)).toEqual(published(1));
    for (const app of [serverA.app, serverB.app, worker]) expect(app.isRunning).toBe(true);
  });

  it('what was queued is in its log then, for whoever asks for it', async () => {
    const token = signToken('eve', { rooms: ['archive'] });
    const eve = resources.add(
      await connectClient(serverB.url, 'eve', { auth: { token, rooms: ['archive'], rewind: 'all' } }),
    );
    expect(eve.payloads('kept').sort()).toEqual([worker.pid, serverA.app.pid].sort());
  });
});
