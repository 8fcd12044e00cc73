import { setTimeout as delay } from 'node:timers/promises';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';
import type { Fault } from './faults.js';
import type { ChaosForm } from './form.js';
import { askRedis } from './room-logs.js';
import type { Site } from './site.js';

/** Those of this half are away and see nothing of what is lost; the others see it. */
const AWAY = 1;

const forgotten = ({ forgottenMs }: ChaosForm): string => `of ${forgottenMs / 1000} s before`;

const olderSnapshot: Fault = {
  name: 'Redis comes back from an older snapshot',
  extent: forgotten,
  async make(site, { forgottenMs }) {
    await site.disappear(AWAY);
    await askRedis(site.redis.url, (redis) => redis.save());
    await delay(forgottenMs);
    await site.redis.kill();
    await site.startOwnRedis();
    await site.comeBack(AWAY);
  },
};

const replicaBehind: Fault = {
  name: 'a replica is promoted before it has everything',
  extent: forgotten,
  async make(site, { forgottenMs }) {
    const link = await TcpProxy.start(site.redis.port);
    try {
      await promoteLate(site, link, forgottenMs);
    } finally {
      await link.stop();
    }
  },
};

/** What Redis lost of what it had acknowledged: its emitters have it still. */
export const ROLLBACKS: readonly Fault[] = [olderSnapshot, replicaBehind];

async function promoteLate(site: Site, link: TcpProxy, forgottenMs: number): Promise<void> {
  const replica = await site.startRedis(['--replicaof', '127.0.0.1', String(link.port)]);
  await waitFor('the replica to follow', () =>
    askRedis(replica.url, async (redis) => /master_link_status:up/.test(await redis.info('replication'))),
  );
  await site.disappear(AWAY);
  link.swallow({ newLinks: true });
  await delay(forgottenMs);
  await site.redis.kill();
  await askRedis(replica.url, (redis) => redis.replicaof('NO', 'ONE'));
  site.moveTo(replica);
  await site.comeBack(AWAY);
}
