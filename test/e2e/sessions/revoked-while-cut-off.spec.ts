import { TestClient } from '../../support/connect-client.js';
import { startServer, startWorker, type ServerProcess } from '../../support/gateway-processes.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import { recordTrial } from '../../chaos/support/trials.js';

const resources = new Resources();

afterAll(() => resources.stop());

async function connect({ url }: ServerProcess, userId: string, jti: string): Promise<TestClient> {
  const client = resources.add(new TestClient(url, { auth: { token: signToken(userId, { jti }) } }));
  await client.received('gateway:ready', 1, 10_000);
  return client;
}

it('a user who is revoked while a server is cut off from Redis is gone from it when it is back', async () => {
  const redis = resources.add(await RedisProcess.start());
  const proxy = resources.add(await TcpProxy.start(redis.port));
  const [cut, other, worker] = await Promise.all([
    startServer(resources, { REDIS_URL: proxy.url }),
    startServer(resources, { REDIS_URL: redis.url }),
    startWorker(resources, { REDIS_URL: redis.url }),
  ]);
  const [far, near] = [await connect(cut, 'ada', 'old'), await connect(other, 'ada', 'old')];
  const bob = await connect(cut, 'bob', 'good');

  proxy.swallow({ newLinks: true });
  for (const { app } of [cut, other]) await app.call('markRevoked', 'old');
  await worker.call('revokeUser', 'ada');
  await waitFor('the connection to the other server to end', () => near.disconnectCount === 1);
  expect(far.disconnectCount).toBe(0);

  proxy.heal();
  const healedAt = performance.now();
  await waitFor(
    'the connection to the server that was cut off to end',
    () => far.disconnectCount === 1,
    40_000,
  );
  const seconds = ((performance.now() - healedAt) / 1000).toFixed(1);
  expect(far.payloads('gateway:disconnecting')).toEqual([{ code: 'TOKEN_REVOKED' }]);
  expect(bob.disconnectCount).toBe(0);

  far.socket.connect();
  await waitFor('a refusal', () => far.refusals[0]);
  expect(far.refusals[0]?.data).toEqual({ code: 'TOKEN_REVOKED' });
  recordTrial({
    trial: 'A user is revoked while one of the servers is cut off from Redis',
    extent: '2 servers, a client of the user on each, and another user',
    result: `disconnected at once by the other server, and ${seconds} s after the network healed by the one that was cut off; refused when it came back; the other user stayed connected`,
  });
}, 90_000);
