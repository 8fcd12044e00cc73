import type { AppProcess } from '../../support/app-process.js';
import type { TestClient } from '../../support/connect-client.js';
import {
  EMIT_TIMEOUT_MS,
  LATENESS_MS,
  startServer,
  startWorker,
  type SentResult,
  type ServerProcess,
} from '../../support/gateway-processes.js';
import { published } from '../../support/expected-replies.js';
import { expectUnharmed } from '../../support/outage-site.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { recordTrial } from '../../chaos/support/trials.js';

const LIVE = { delivery: 'live' } as const;

const resources = new Resources();
let redis: RedisProcess;
let serverProxy: TcpProxy;
let workerProxy: TcpProxy;
let server: ServerProcess;
let otherServer: ServerProcess;
let worker: AppProcess;
let ann: TestClient;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  serverProxy = resources.add(await TcpProxy.start(redis.port));
  workerProxy = resources.add(await TcpProxy.start(redis.port));
  [server, otherServer, worker] = await Promise.all([
    startServer(resources, { REDIS_URL: serverProxy.url }),
    startServer(resources, { REDIS_URL: redis.url }),
    startWorker(resources, { REDIS_URL: workerProxy.url }),
  ]);
  ann = await server.connect('ann');
  expect(await worker.call('emitToUser', 'ann', 'first', 1)).toEqual(published(1));
  await ann.received('first');
}, 30_000);
afterAll(() => resources.stop());

describe('When the network swallows what goes to Redis, without closing a connection', () => {
  it("a worker's emits settle in time, and work again on a new connection", async () => {
    workerProxy.swallow({ newLinks: false });
    const [live, durable] = await Promise.all([
      worker.outcome('emitToUser', 'ann', 'swallowed', 1, LIVE),
      worker.outcome('emitToUser', 'ann', 'kept', 1),
    ]);
    expect(live.value).toEqual({
      status: 'failed',
      code: 'EMIT_TIMEOUT',
      retryable: true,
    } satisfies SentResult);
    expect(durable.value).toEqual({ status: 'queued' } satisfies SentResult);
    for (const { ms } of [live, durable]) expect(ms).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    await waitFor(
      'an emit to be published',
      async () =>
        (await worker.call<SentResult>('emitToUser', 'ann', 'after', 1, LIVE)).status === 'published',
      5000,
    );
    await ann.received('after');
    expect(await ann.received('kept')).toEqual([1]);
    recordTrial({
      trial: "A worker's connection to Redis is blackholed during an emit",
      extent: `emitTimeoutMs ${EMIT_TIMEOUT_MS}`,
      result: `the emit was settled after ${Math.max(live.ms, durable.ms).toFixed(0)} ms (live: failed; durable: queued, and delivered later); the next ones go over a new connection`,
    });
  });

  it('new connections that are swallowed too are given up until one gets through', async () => {
    workerProxy.swallow({ newLinks: true });
    expect(await worker.call('emitToUser', 'ann', 'swallowed', 1, LIVE)).toMatchObject({ status: 'failed' });
    for (let emit = 0; emit < 20; emit++) {
      const live = await worker.outcome('emitToUser', 'ann', 'swallowed', 1, LIVE);
      expect(live.value).toMatchObject({ code: 'REDIS_UNAVAILABLE' });
      const durable = await worker.outcome('emitToUser', 'ann', 'each', emit);
      expect(durable.value).toEqual({ status: 'queued' });
      for (const { ms } of [live, durable]) expect(ms).toBeLessThan(EMIT_TIMEOUT_MS / 2);
    }
    await waitFor('three attempts', () => workerProxy.linkCount >= 4, 20_000);
    workerProxy.heal();
    await waitFor(
      'an emit to be published',
      async () => (await worker.call<SentResult>('emitToUser', 'ann', 'healed', 1)).status === 'published',
    );
    await ann.received('healed');
    expect(ann.payloads('each')).toEqual([...Array(20).keys()]);
  }, 40_000);

  it('a server that has become deaf notices by itself and hears again', async () => {
    serverProxy.swallow({ newLinks: false });
    const deafSince = performance.now();
    let emitted = 0;
    // Nothing is emitted on this server: only its own probe can tell.
    await waitFor(
      'the server to hear again',
      async () => {
        await otherServer.app.call('emitToUser', 'ann', 'kept:across', emitted++);
        await otherServer.app.call('emitToUser', 'ann', 'across', 1, LIVE);
        return ann.payloads('across').length > 0;
      },
      15_000,
    );
    const deafMs = performance.now() - deafSince;
    // What was durable while it was deaf arrives too.
    expect(await ann.received('kept:across', emitted)).toEqual([...Array(emitted).keys()]);
    recordTrial({
      trial: 'The connections of a server to Redis are blackholed while it only listens',
      extent: `${emitted} durable events meanwhile`,
      result: `it heard again after ${(deafMs / 1000).toFixed(1)} s; 0 lost`,
    });
    expect(server.app.lines(/Redis at .* is away \(subscribe\)/)).toHaveLength(1);
    expect(server.app.lines(/Redis at .* is back .*\(subscribe\)/)).toHaveLength(1);
  }, 30_000);

  it("a server's live emits settle in time, reach its own sockets, and work again", async () => {
    const bob = await otherServer.connect('bob');
    serverProxy.swallow({ newLinks: false });
    const { value, ms } = await server.app.outcome('broadcast', 'to-all', 'swallowed');
    expect(value).toMatchObject({ status: 'failed' });
    expect(ms).toBeLessThan(EMIT_TIMEOUT_MS + LATENESS_MS);
    expect(await ann.received('to-all')).toEqual(['swallowed']);
    await waitFor(
      'an event on the other server',
      async () => {
        await server.app.call('broadcast', 'to-all', 'passed');
        return bob.payloads('to-all').includes('passed');
      },
      5000,
    );
  });

  it('connections that are idle are replaced before the next emit, which is published at once, on a worker and on a server', async () => {
    const networks = [workerProxy, serverProxy];
    const emitters = [worker, server.app];
    const backCount = (app: AppProcess): number =>
      app.lines(/Redis at .* is back .*\((emit|publish)\)/).length;
    const before = emitters.map(backCount);
    for (const network of networks) network.swallow({ newLinks: false });
    const since = performance.now();
    // Asked after 5 s, without an answer after the time of an emit.
    await waitFor(
      'both to be connected anew',
      () => emitters.every((app, index) => backCount(app) > (before[index] as number)),
      20_000,
    );
    const seconds = ((performance.now() - since) / 1000).toFixed(1);
    let slowestMs = 0;
    for (const emitter of emitters) {
      // For a moment, while Redis is greeted, it may be queued; no emit waits for that.
      await waitFor('an emit to be published', async () => {
        const { value, ms } = await emitter.outcome('emitToUser', 'ann', 'idle', 1);
        slowestMs = Math.max(slowestMs, ms);
        return (value as SentResult).status === 'published';
      });
    }
    expect(slowestMs).toBeLessThan(EMIT_TIMEOUT_MS / 2);
    await ann.received('idle', 2);
    recordTrial({
      trial: 'Idle connections to Redis are blackholed',
      extent: `a worker and a server, emitTimeoutMs ${EMIT_TIMEOUT_MS}`,
      result: `replaced within ${seconds} s; the next emits took at most ${slowestMs.toFixed(0)} ms`,
    });
  }, 40_000);

  it('no process has crashed, and no promise was left unhandled', () => {
    expectUnharmed(worker, server.app, otherServer.app);
  });
});
