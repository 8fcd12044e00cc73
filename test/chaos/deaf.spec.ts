import { SocketGatewayHealth } from 'nestjs-socket-gateway';
import { DeafProxy } from '../support/deaf-proxy.js';
import { connectWith, startDurableServer } from '../support/durable-server.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { Resources } from '../support/resources.js';
import { uniquePrefix } from '../support/unique-prefix.js';
import { waitFor } from '../support/wait-for.js';
import { recordTrial } from './support/trials.js';

const resources = new Resources();
afterAll(() => resources.stop());

/** Waits, and returns after how many seconds it was so. */
async function secondsUntil(what: string, condition: () => boolean, deadlineMs: number): Promise<string> {
  const since = performance.now();
  await waitFor(what, condition, deadlineMs);
  return ((performance.now() - since) / 1000).toFixed(1);
}

describe('A subscription that hears nothing on a connection that answers', () => {
  it('makes the server not ready within 30 s, and heals by itself, with nothing lost', async () => {
    const redis = resources.add(await RedisProcess.start());
    const proxy = resources.add(await DeafProxy.start(redis.port));
    const prefix = uniquePrefix();
    const server = resources.add(await startDurableServer(proxy.url, prefix));
    const health = server.app.get(SocketGatewayHealth);
    const isReady = (): boolean => health.readiness().status === 'up';
    await waitFor('to be ready', isReady);
    const ann = await connectWith(server, 'ann');

    proxy.isDeaf = true;
    await server.gateway.emitToUser('ann', 'number', 1);
    const untilDown = await secondsUntil('not to be ready', () => !isReady(), 30_000);
    proxy.isDeaf = false;
    const untilUp = await secondsUntil('to be ready again', isReady, 30_000);
    await server.gateway.emitToUser('ann', 'number', 2);
    await ann.received('number', 2, 10_000);
    expect(ann.payloads('number')).toEqual([1, 2]);
    expect(ann.payloads('gateway:gap')).toEqual([]);

    recordTrial({
      trial: 'A subscription that hears nothing on a connection that answers PING',
      extent: '1 server, until it is not ready',
      result: `not ready after ${untilDown} s, ready ${untilUp} s after the network passed messages again; nothing lost`,
    });
  }, 90_000);
});
