import { RedisIoAdapter } from 'nestjs-socket-gateway';
import { connectGateway } from 'nestjs-socket-gateway/client';
import {
  startServerApplication,
  startWorkerApplication,
  type WorkerApplication,
} from '../../support/applications.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { ask, RedisCluster } from '../../support/redis-cluster.js';
import type { RedisProcess } from '../../support/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

const ROOMS = Array.from({ length: 20 }, (_, index) => `room-${index}`);
const PREFIX = uniquePrefix();

const resources = new Resources();
let cluster: RedisCluster;
let server: GatewayApp;
let worker: WorkerApplication;
const logger = new RecordingLogger();

beforeAll(async () => {
  cluster = resources.add(await RedisCluster.start());
  server = await startServerApplication(resources, { redis: cluster.client(), prefix: PREFIX }, { logger });
  worker = await startWorkerApplication(resources, { redis: cluster.client(), prefix: PREFIX });
}, 60_000);
afterAll(() => resources.stop());

/** What a client was shown in each room. */
class Member {
  readonly shown = new Map(ROOMS.map((room) => [room, [] as number[]]));
  readonly gaps: unknown[] = [];
  readonly client;

  constructor() {
    const token = signToken('ada', { rooms: ['room-*'] });
    this.client = connectGateway(server.url, {
      token,
      rooms: ROOMS,
      socketOptions: { transports: ['websocket'] },
    });
    this.client.on('tick', (n, meta) => void this.shown.get(meta?.room ?? '')?.push(n as number));
    this.client.onGap((gap) => this.gaps.push(gap));
    resources.add({ stop: () => this.client.close() });
  }

  ready(): Promise<boolean> {
    return waitFor('the client to be ready', () => this.client.state === 'ready');
  }

  has(count: number): Promise<boolean> {
    return waitFor(
      `${count} events in each room`,
      () => [...this.shown.values()].every((numbers) => numbers.length >= count),
      30_000,
    );
  }
}

const sent = new Map(ROOMS.map((room) => [room, 0]));

/** Emits the next number to each room; returns what became of them. */
async function emitToAll(): Promise<string[]> {
  const results = await Promise.all(
    ROOMS.map((room) => {
      const n = sent.get(room) as number;
      sent.set(room, n + 1);
      return worker.emitter.emitToRoom(room, 'tick', n);
    }),
  );
  return results.map(({ status }) => status);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

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
    const nodes = await Promise.all(ROOMS.map((room) => cluster.nodeOf(`{${PREFIX}#/#${room}}`)));
    expect(new Set(nodes).size).toBe(3);
    const member = new Member();
    await member.ready();
    for (let n = 0; n < 5; n++) expect(await emitToAll()).toEqual(ROOMS.map(() => 'published'));
    await member.has(5);
    for (const room of ROOMS) expect([room, member.shown.get(room)]).toEqual([room, numbers(5)]);
    expect(member.gaps).toEqual([]);
    // A hint: all nodes are asked.
    expect(await worker.emitter.emitToRoom('room-0', 'other', 1)).toEqual({
      status: 'published',
      id: expect.any(String) as string,
    });
    expect(await worker.emitter.isUserOnline('ada')).toBe(true);
    const { events } = await worker.emitter.history('room-1', { limit: 3 });
    expect(events.map(({ data }) => data)).toEqual(numbers(3));
    member.client.close();
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
    const member = new Member();
    await member.ready();
    const before = sent.get('room-0') as number;
    await emitToAll();
    await member.has(1);
    member.client.socket.io.engine.close();
    for (let n = 0; n < 3; n++) await emitToAll();
    await member.has(4);
    for (const room of ROOMS)
      expect([room, member.shown.get(room)]).toEqual([room, numbers(before + 4).slice(before)]);
    expect(member.gaps).toEqual([]);
    member.client.close();
  });

  it('nothing is missed for long when the connection is lost by which the server hears it', async () => {
    const member = new Member();
    await member.ready();
    const before = sent.get('room-0') as number;
    for (let round = 1; round <= 5; round++) {
      const { node, id } = await ear();
      const killed = ask(node, 'CLIENT', 'KILL', 'ID', id);
      await emitToAll();
      await killed;
      await emitToAll();
      // Before the audit of the minute.
      await member.has(2 * round);
      await waitFor('the server to hear again', () =>
        ear().then(
          ({ id: next }) => next !== id,
          () => false,
        ),
      );
    }
    for (const room of ROOMS)
      expect([room, member.shown.get(room)]).toEqual([room, numbers(before + 10).slice(before)]);
    expect(member.gaps).toEqual([]);
    member.client.close();
  }, 60_000);

  it('nothing is lost or repeated when the node is killed that the server hears, and comes back', async () => {
    const member = new Member();
    await member.ready();
    const before = sent.get('room-0') as number;
    await emitToAll();
    await member.has(1);
    const { node } = await ear();
    await node.kill();
    await emitsWait();
    await node.restart();
    await cluster.isWhole();
    await expectAllSince(before, member);
    member.client.close();
  }, 60_000);

  it('nothing is lost or repeated when a master is killed and its replica takes over', async () => {
    const [master] = cluster.nodes as [RedisProcess];
    await cluster.addReplica(master);
    const member = new Member();
    await member.ready();
    const before = sent.get('room-0') as number;
    await emitToAll();
    await member.has(1);
    await cluster.isReplicated(master);
    await master.kill();
    await emitsWait();
    await expectAllSince(before, member);
  }, 60_000);
});

/** Emits until the cluster takes nothing. */
async function emitsWait(): Promise<void> {
  await waitFor('emits to wait', async () => (await emitToAll()).includes('queued'), 30_000);
}

/** Emits until the cluster takes everything again: a member has been shown all that was emitted since then, once and in order. */
async function expectAllSince(before: number, member: Member): Promise<void> {
  await waitFor(
    'emits to be published',
    async () => (await emitToAll()).every((status) => status === 'published'),
    30_000,
  );
  const count = (sent.get('room-0') as number) - before;
  await member.has(count);
  for (const room of ROOMS)
    expect([room, member.shown.get(room)]).toEqual([room, numbers(before + count).slice(before)]);
  expect(member.gaps).toEqual([]);
}
