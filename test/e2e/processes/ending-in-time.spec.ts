import { connectClient } from '../../support/connect-client.js';
import { startDrainingServer } from '../../support/draining-server.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { recordTrial } from '../../chaos/support/trials.js';

const resources = new Resources();
afterEach(() => resources.stop());

describe('A server that is told to end', () => {
  it.each(['false', 'true'])(
    'ends in time when clients do not answer and Redis is away with events queued (forceCloseConnections: %s)',
    async (FORCE_CLOSE) => {
      const redis = resources.add(await RedisProcess.start());
      const server = await startDrainingServer(resources, {
        DRAIN_MS: '1500',
        SHUTDOWN_TIMEOUT_MS: '1500',
        FORCE_CLOSE,
        REDIS_URL: redis.url,
      });
      const proxy = await TcpProxy.start(server.port);
      const url = `http://127.0.0.1:${proxy.port}`;
      const clients = [
        resources.add(await connectClient(url, 'ada')),
        resources.add(await connectClient(url, 'bob', { transports: ['polling'] })),
      ];
      redis.pause();
      await waitFor(
        'an emit to be queued',
        async () =>
          (await server.app.call<{ status: string }>('emitToUser', 'ada', 'e', 1)).status === 'queued',
      );
      proxy.swallow({ newLinks: true });
      const { code, ms } = await server.app.terminate();
      expect(code).toBe(0);
      expect(ms).toBeGreaterThan(1500);
      // Several deadlines one after the other, each of which may be late; ws alone would wait for 30 s.
      expect(ms).toBeLessThan(10_000);
      expect(server.app.lines(/Drained in .* 2 were disconnected, 1 of them did not answer/)).toHaveLength(1);
      expect(server.app.lines(/Closed with \d+ events that Redis has not taken/)).toHaveLength(1);
      redis.resume();
      await proxy.stop();
      await waitFor('the clients to notice', () => clients.every(({ socket }) => !socket.connected));
      recordTrial({
        trial: 'A server is told to end while its clients do not answer and Redis is away with events queued',
        extent: `drainMs and shutdownTimeoutMs 1500, a client on WebSocket and one that polls, forceCloseConnections ${FORCE_CLOSE}`,
        result: `exit code ${code} after ${ms.toFixed(0)} ms; the queued events were counted in the log`,
      });
    },
  );
});
