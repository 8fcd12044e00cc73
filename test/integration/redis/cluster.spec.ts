import { setTimeout as delay } from 'node:timers/promises';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import {
  startServerApplication,
  startWorkerApplication,
  type WorkerApplication,
} from '../../support/applications.js';
import { CountedRooms } from '../../support/counted-rooms.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { ask } from '../../support/redis/ask-redis.js';
import { RedisCluster } from '../../support/redis/redis-cluster.js';
import type { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const PREFIX = uniquePrefix();

const resources = new Resources();
let cluster: RedisCluster;
let server: GatewayApp;
let worker: WorkerApplication;
let rooms: CountedRooms;
const logger = new RecordingLogger();

beforeAll(async () => {
  cluster = resources.add(await RedisCluster.start());
  server = await startServerApplication(resources, { redis: cluster.client(), prefix: PREFIX }, { logger });
  worker = await startWorkerApplication(resources, { redis: cluster.client(), prefix: PREFIX });
  rooms = new CountedRooms({ resources, emitter: worker.emitter, url: server.url });
}, 60_000);
afterAll(() => resources.stop());

/** By which connection, and at which node, the server hears the cluster. */
async function ear(): Promise<{ node: RedisProcess; id: string }> {
  for (const node of cluster.nodes) {
    const clients = String(await ask(node, 'CLIENT', 'LIST'));
    const id = /id=(\d+) .*name=ioredis-cluster\(subscriber\):socket-gateway:subscribe /.exec(clients)?.[1];
    if (id !== undefined) return { node, id };
  }
  throw new Error('The server hears no node.');
}

describe('On a cluster of three masters', () => {
  it('durable events of a worker reach a client of a server in order, in rooms of all nodes', async () => {
    const nodes = await Promise.all(rooms.names.map((room) => cluster.nodeOf(`{${PREFIX}#/#${room}}`)));
    expect(new Set(nodes).size).toBe(3);
    const member = await rooms.join();
    for (let n = 0; n < 5; n++) expect(new Set(await rooms.emitToAll())).toEqual(new Set(['published']));
    await member.hasAll();
    // A hint: all nodes are asked.
    expect(await worker.emitter.emitToRoom('room-0', 'other', 1)).toEqual({
      status: 'published',
      id: expect.any(String) as string,
    });
    expect(await worker.emitter.isUserOnline('ada')).toBe(true);
    const { events } = await worker.emitter.history('room-1', { limit: 3 });
    expect(events.map(({ data }) => data)).toEqual([0, 1, 2]);
    member.leave();
  });

  it('everything else goes its way too: users, latest values, live events, commands and receipts', async () => {
    const bob = await server.connect('bob');
    const { emitter } = worker;
    await emitter.joinRoom({ userId: 'bob' }, 'staff');
    // The command and a live event come by different nodes, whose order is promised nowhere.
    await waitFor('bob to be in the room', () =>
      server.app.get(RedisIoAdapter).namespace?.adapter.rooms.has('staff'),
    );
    const once = { dedupeKey: 'once' };
    const statuses = [
      await emitter.emitToRoom('staff', 'kept', 1, once),
      await emitter.emitToRoom('staff', 'kept', 2, once),
      await emitter.emitToRoom('staff', 'live', 1, { delivery: 'live' }),
      ...(await emitter.emitToUsers(['bob', 'eve', 'joe'], 'both', 1)),
      await emitter.emitToUser('eve', 'progress', 80, { delivery: 'latest' }),
    ].map(({ status }) => status);
    expect(statuses).toEqual(['published', 'duplicate', ...Array<string>(5).fill('published')]);
    expect([await bob.received('kept'), await bob.received('live'), await bob.received('both')]).toEqual([
      [1],
      [1],
      [1],
    ]);
    expect(await (await server.connect('eve')).received('progress')).toEqual([80]);
    await emitter.disconnectUser('bob');
    await waitFor('bob to be gone', () => !bob.socket.connected);
    const confirmed = await emitter.emitToUser('bob', 'seen?', 1, { confirm: { withinMs: 100 } });
    expect(confirmed).toMatchObject({ status: 'published', delivered: false });
  });

  it('a client that returns goes on at its positions', async () => {
    const member = await rooms.join();
    await rooms.emitToAll();
    await member.hasAll();
    member.client.socket.io.engine.close();
    for (let n = 0; n < 3; n++) await rooms.emitToAll();
    await member.hasAll();
    member.leave();
  });

  it('nothing is missed for long when the connection is lost by which the server hears it', async () => {
    const member = await rooms.join();
    for (let round = 1; round <= 5; round++) {
      const { node, id } = await ear();
      const killed = ask(node, 'CLIENT', 'KILL', 'ID', id);
      await rooms.emitToAll();
      await killed;
      await rooms.emitToAll();
      // Before the audit of the minute.
      await member.hasAll();
      await waitFor('the server to hear again', () =>
        ear().then(
          // Each node has numbers of its own.
          (next) => next.node !== node || next.id !== id,
          () => false,
        ),
      );
    }
    member.leave();
  }, 60_000);

  it('nothing is lost or repeated when slots move to another node, room by room and key by key, and back', async () => {
    const member = await rooms.join();
    await rooms.emitToAll();
    await member.hasAll();
    for (const room of [...rooms.names, ...rooms.names]) {
      const key = `{${PREFIX}#/#${room}}`;
      const from = await cluster.nodeOf(key);
      const to = cluster.nodes[(cluster.nodes.indexOf(from) + 1) % cluster.nodes.length] as RedisProcess;
      // Redis refuses the script now, which finds one key of the room at each node.
      await cluster.moveSlot(key, to, () => Promise.race([rooms.emitToAll(), delay(20)]));
      expect(await cluster.nodeOf(key)).toBe(to);
      await rooms.emitToAll();
    }
    await rooms.emitUntilPublished();
    await member.hasAll();
    member.leave();
    // Otherwise no emit came between two keys, and this has shown less.
    const errors = await Promise.all(cluster.nodes.map((node) => ask(node, 'INFO', 'errorstats')));
    expect(errors.join()).toContain('errorstat_TRYAGAIN');
    expect(errors.join()).toContain('errorstat_MOVED');
  }, 60_000);

  it('nothing is lost or repeated when the node is killed that the server hears, and comes back', async () => {
    const member = await rooms.join();
    await rooms.emitToAll();
    await member.hasAll();
    const { node } = await ear();
    await node.kill();
    await rooms.emitUntilQueued();
    await node.restart();
    await cluster.isWhole();
    await rooms.emitUntilPublished();
    await member.hasAll();
    member.leave();
  }, 60_000);

  it('nothing is lost or repeated when a master is killed and its replica takes over', async () => {
    const [master] = cluster.nodes as [RedisProcess];
    await cluster.addReplica(master);
    const member = await rooms.join();
    await rooms.emitToAll();
    await member.hasAll();
    await cluster.isReplicated(master);
    await master.kill();
    await rooms.emitUntilQueued();
    await rooms.emitUntilPublished();
    await member.hasAll();
  }, 60_000);
});
