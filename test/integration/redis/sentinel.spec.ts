import { CountedRooms, type CountingMember } from '../../support/counted-rooms.js';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { ask } from '../../support/redis/ask-redis.js';
import type { RedisProcess } from '../../support/redis/redis-process.js';
import { RedisSentinels } from '../../support/redis/redis-sentinels.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
let sentinels: RedisSentinels;
let rooms: CountedRooms;

beforeAll(async () => {
  sentinels = resources.add(await RedisSentinels.start());
  const prefix = uniquePrefix();
  // One by options, one by a client: the two ways to give sentinels.
  const server = await startServerApplication(resources, { redis: sentinels.options, prefix });
  const worker = await startWorkerApplication(resources, { redis: sentinels.client(), prefix });
  rooms = new CountedRooms({ resources, emitter: worker.emitter, url: server.url });
}, 60_000);
afterAll(() => resources.stop());

/** A client that has been shown what was emitted before, and the master of a moment in which any other may take over. */
async function begin(): Promise<{ member: CountingMember; master: RedisProcess }> {
  const member = await rooms.join();
  await rooms.emitToAll();
  await member.hasAll();
  await sentinels.isWhole();
  return { member, master: await sentinels.master() };
}

describe('With sentinels, a master and a replica', () => {
  it('nothing is lost or repeated when the replica takes over from a master that is well', async () => {
    const { member, master } = await begin();
    await sentinels.failOver();
    await rooms.emitDuring(sentinels.isReplaced(master));
    await rooms.emitUntilPublished();
    // Until the old one is told, it takes events that the new one never gets. They are shown, and must be restored.
    await member.hasAll(['rolled-back']);
    await sentinels.isWhole();
    await rooms.emitToAll();
    await member.hasAll(['rolled-back']);
    member.leave();
  }, 120_000);

  it('nothing is lost or repeated when the master hangs, is replaced, and goes on as a replica', async () => {
    const { member, master } = await begin();
    master.pause();
    await rooms.emitUntilQueued();
    await sentinels.isReplaced(master);
    await rooms.emitUntilPublished();
    await member.hasAll();
    master.resume();
    await sentinels.isWhole();
    await rooms.emitToAll();
    await member.hasAll();
    member.leave();
  }, 120_000);

  it('nothing is lost or repeated when the master is killed, and comes back as a replica', async () => {
    const { member, master } = await begin();
    await master.kill();
    await rooms.emitUntilQueued();
    await sentinels.isReplaced(master);
    await rooms.emitUntilPublished();
    await member.hasAll();
    await master.restart();
    await sentinels.isWhole();
    await rooms.emitToAll();
    await member.hasAll();
    member.leave();
  }, 120_000);

  it('nothing is lost or repeated when only the sentinels cannot reach the master, and put the other in its place', async () => {
    const { member, master } = await begin();
    await sentinels.hide(master);
    await rooms.emitDuring(sentinels.isReplaced(master));
    // Nothing of its own makes any of them leave it.
    const isLeft = async (): Promise<boolean> =>
      !String(await ask(master, 'CLIENT', 'LIST')).includes('socket-gateway');
    await rooms.emitDuring(waitFor('all to leave the old master', isLeft));
    await rooms.emitUntilPublished();
    await member.hasAll(['rolled-back']);
    member.leave();
  }, 120_000);
});
