import {
  startServer,
  startWorker,
  type SentResult,
  type ServerProcess,
} from '../../support/gateway-processes.js';
import type { AppProcess } from '../../support/app-process.js';
import { published } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
let server: ServerProcess;
let worker: AppProcess;

beforeAll(async () => {
  [server, worker] = await Promise.all([startServer(resources, {}), startWorker(resources, {})]);
});
afterAll(() => resources.stop());

const WARNING = /WARN.*No Redis is configured \(REDIS_URL\)/;

describe('Without REDIS_URL', () => {
  it('a server serves its own sockets, and its emits are published', async () => {
    const ann = await server.connect('ann');
    const bob = await server.connect('bob');

    expect(await server.app.call<SentResult>('emitToUser', 'ann', 'for-ann', { n: 1 })).toEqual(published(1));
    expect(await ann.received('for-ann')).toEqual([{ n: 1 }]);
    expect(
      await server.app.call<SentResult>('emitToUser', 'ann', 'for-ann', { n: 2 }, { delivery: 'live' }),
    ).toEqual({ status: 'published' });
    await server.app.call('broadcast', 'for-all', 'last');

    expect(await ann.received('for-all')).toEqual(['last']);
    expect(ann.payloads('for-ann')).toEqual([{ n: 1 }, { n: 2 }]);
    await bob.received('for-all');
    expect(bob.payloads('for-ann')).toEqual([]);
  });

  it("a worker's emits fail with REDIS_NOT_CONFIGURED, each kind of them", async () => {
    const failed = { status: 'failed', code: 'REDIS_NOT_CONFIGURED', retryable: false };
    expect(await worker.call<SentResult>('emitToUser', 'ann', 'event', {})).toEqual(failed);
    expect(await worker.call<SentResult>('emitToRoom', 'room', 'event', {})).toEqual(failed);
    for (const delivery of ['live', 'latest', 'durable']) {
      expect(await worker.call<SentResult>('emitToUser', 'ann', 'event', {}, { delivery })).toEqual(failed);
    }
    expect(await worker.call<SentResult>('broadcast', 'event', {})).toEqual(failed);
    expect(await worker.call<SentResult[]>('emitToUsers', ['ann', 'bob'], 'event', {})).toEqual([
      failed,
      failed,
    ]);
    expect((await worker.outcome('joinRoom', { userId: 'ann' }, 'room')).error?.code).toBe(
      'REDIS_NOT_CONFIGURED',
    );
  });

  it('a server joins, leaves and disconnects its own sockets', async () => {
    const ann = await server.connect('ann');
    await server.app.call('joinRoom', { userId: 'ann' }, 'lobby');
    await server.app.call('emitToRoom', 'lobby', 'joined', 1);
    await ann.received('joined');
    await server.app.call('leaveRoom', { userId: 'ann' }, 'lobby');
    await server.app.call('emitToRoom', 'lobby', 'joined', 2);
    await server.app.call('emitToUser', 'ann', 'after', 3);
    await ann.received('after');
    expect(ann.payloads('joined')).toEqual([1]);
    await server.app.call('disconnectUser', 'ann');
    await waitFor('the connection to be closed', () => ann.disconnectCount === 1);
  });

  it('each process warns exactly once, and both run on', async () => {
    // Emits were made by the tests above: they must not have warned again of the same.
    expect(server.app.lines(WARNING)).toHaveLength(1);
    expect(worker.lines(WARNING)).toHaveLength(1);
    expect(await server.app.call('ready')).toBe(true);
    expect(await worker.call('ready')).toBe(true);
  });
});
