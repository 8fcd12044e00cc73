import { Injectable } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { SocketGateway } from 'nestjs-socket-gateway';
import { WorkerEmitter } from 'nestjs-socket-gateway/worker';
import {
  startServerApplication,
  startWorkerApplication,
  type WorkerApplication,
} from '../../support/applications.js';
import type { TestClient } from '../../support/connect-client.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { published, TOKEN } from '../../support/expected-replies.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

/** What a live emit gives: nobody knows more. */
const PUBLISHED = { status: 'published' };
const LIVE = { delivery: 'live' } as const;

/** As an application's own: it does not know in which process it is. */
@Injectable()
class ImportReporter {
  readonly emitter: SocketEmitter;

  constructor(emitter: SocketEmitter) {
    this.emitter = emitter;
  }
}

const resources = new Resources();
const perTest = new Resources();
let serverA: GatewayApp;
let serverB: GatewayApp;
let worker: WorkerApplication;
let otherWorker: WorkerApplication;
let ann: TestClient;
let annElsewhere: TestClient;
let bob: TestClient;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  const options = { redis: redis.url, prefix: 'road' };
  const extras = { providers: [ImportReporter] };
  serverA = await startServerApplication(resources, options, extras);
  serverB = await startServerApplication(resources, options, extras);
  worker = await startWorkerApplication(resources, options, extras);
  otherWorker = await startWorkerApplication(resources, options, extras);
});
beforeEach(async () => {
  ann = await serverA.connect('ann');
  annElsewhere = await serverB.connect('ann');
  bob = await serverB.connect('bob');
  for (const client of [ann, annElsewhere, bob]) perTest.add(client);
  // The servers have subscribed when an event arrives on both.
  await waitFor('both servers to hear', async () => {
    await worker.emitter.broadcast('warm-up', 0);
    return [ann, bob].every((client) => client.payloads('warm-up').length > 0);
  });
});
afterEach(() => perTest.stop());
afterAll(() => resources.stop());

/** What had been emitted before has arrived when this has: one emitter's events keep their order, in a room and live. */
async function settle(emitter: SocketEmitter = worker.emitter): Promise<void> {
  const counts = everybody().map((client) => client.payloads('settled').length);
  await emitter.emitToUsers(['ann', 'bob'], 'settled', 0);
  await emitter.broadcast('settled', 0);
  await Promise.all(everybody().map((client, index) => client.received('settled', (counts[index] ?? 0) + 2)));
}

const everybody = (): TestClient[] => [ann, annElsewhere, bob];

describe("A worker's event", () => {
  it("arrives at all sockets of its user, on two servers, and at nobody else's", async () => {
    expect(await worker.emitter.emitToUser('ann', 'import:done', { rows: 3 })).toEqual(published(2));
    await settle();
    expect(ann.payloads('import:done')).toEqual([{ rows: 3 }]);
    expect(annElsewhere.payloads('import:done')).toEqual([{ rows: 3 }]);
    expect(bob.payloads('import:done')).toEqual([]);
  });

  it('arrives with its payload, and with its room and the id of its result as meta', async () => {
    const result = await worker.emitter.emitToUser('ann', 'bare', undefined);
    await Promise.all([ann.received('bare'), annElsewhere.received('bare')]);
    for (const { events } of [ann, annElsewhere]) {
      const { id } = result as { id: string };
      expect(id).toEqual(TOKEN);
      expect(events.find(({ name }) => name === 'bare')?.args).toEqual([null, { room: 'user:ann', id }]);
    }
  });

  it('arrives with its room and key as meta, if it is the latest of them', async () => {
    const options = { delivery: 'latest', key: 'job 7' } as const;
    expect(await worker.emitter.emitToUser('ann', 'progress', 80, options)).toEqual({
      status: 'published',
      servers: 2,
    });
    await Promise.all([ann.received('progress'), annElsewhere.received('progress')]);
    for (const { events } of [ann, annElsewhere]) {
      const { args } = events.find(({ name }) => name === 'progress') ?? {};
      expect(args).toEqual([80, { room: 'user:ann', key: 'job 7' }]);
    }
  });

  it('arrives with its payload as its only argument, if it is live', async () => {
    expect(await worker.emitter.emitToUser('ann', 'bare', undefined, LIVE)).toEqual(PUBLISHED);
    await settle();
    expect(ann.events.find(({ name }) => name === 'bare')?.args).toEqual([null]);
  });

  it.each(['live', 'durable'] as const)(
    'arrives once from each of several workers, in its order (%s)',
    async (delivery) => {
      await Promise.all(
        [worker, otherWorker].flatMap(({ emitter }, who) =>
          Array.from({ length: 50 }, (_, index) =>
            emitter.emitToUser('ann', 'step', { who, index }, { delivery }),
          ),
        ),
      );
      await Promise.all([settle(), settle(otherWorker.emitter)]);
      const steps = ann.payloads('step') as { who: number; index: number }[];
      expect(steps).toHaveLength(100);
      for (const who of [0, 1]) {
        expect(steps.filter((step) => step.who === who).map(({ index }) => index)).toEqual([
          ...Array(50).keys(),
        ]);
      }
      // A room has one order, for all who are in it.
      if (delivery === 'durable') expect(annElsewhere.payloads('step')).toEqual(steps);
    },
  );

  it('arrives at each of several users', async () => {
    expect(await worker.emitter.emitToUsers(['ann', 'bob', 'nobody'], 'news', 1)).toEqual([
      published(2),
      published(1),
      published(0),
    ]);
    await settle();
    for (const client of [ann, annElsewhere, bob]) expect(client.payloads('news')).toEqual([1]);
  });

  it('arrives at everybody by broadcast, except at whom it leaves out', async () => {
    await worker.emitter.broadcast('all', 1);
    await worker.emitter.broadcast('all', 2, { except: 'user:ann' });
    await worker.emitter.broadcast('all', 3, { except: ['user:ann', 'user:bob'] });
    await settle();
    expect(ann.payloads('all')).toEqual([1]);
    expect(annElsewhere.payloads('all')).toEqual([1]);
    expect(bob.payloads('all')).toEqual([1, 2]);
  });

  it('arrives for a user whose id is a number, or needs Unicode', async () => {
    const seven = perTest.add(await serverA.connect('7'));
    const zoe = perTest.add(await serverB.connect('Zoe\u0308 \u{1f600}#*?[x]'));
    await worker.emitter.emitToUser(7, 'yours', 1);
    await worker.emitter.emitToUser('Zo\u00eb \u{1f600}#*?[x]', 'yours', 2);
    expect(await seven.received('yours')).toEqual([1]);
    expect(await zoe.received('yours')).toEqual([2]);
  });

  it.each(['live', 'durable', 'latest'] as const)(
    'has exactly the payload that JSON makes of it (%s)',
    async (delivery) => {
      const payloads: unknown[] = [
        null,
        false,
        0,
        '',
        [],
        {},
        -1.5e300,
        2 ** 53,
        2 ** 64,
        -(2 ** 31) - 1,
        'x'.repeat(40_000),
        '\u0000\u{1f600}\ud800\u2028',
        { '': 1, 'a.b': [null, { c: [[[]]] }], length: 5, toString: 'own' },
        new Date(0),
        { when: new Date(1e12), nothing: undefined, not: NaN, holes: [undefined, 1] },
        JSON.parse('{"__proto__":{"polluted":true},"constructor":1}'),
        Object.assign(Object.create(null) as object, { a: 1 }),
      ];
      for (const [index, payload] of payloads.entries()) {
        const result = await worker.emitter.emitToUser('ann', 'exact', payload, { delivery });
        if (result.status === 'failed') throw result.error;
        // Of a latest value only the newest is promised.
        if (delivery === 'latest') await ann.received('exact', index + 1);
      }
      const arrived = await ann.received('exact', payloads.length);
      expect(arrived.map((one) => JSON.stringify(one))).toEqual(payloads.map((one) => JSON.stringify(one)));
    },
  );
});

describe.each(['a worker', 'a server'])('Rooms, by %s', (by) => {
  const emitter = (): SocketEmitter => (by === 'a worker' ? worker.emitter : serverA.gateway);

  it('are joined and left by all sockets of a user on all servers', async () => {
    await emitter().joinRoom({ userId: 'ann' }, 'lobby');
    // Whether both servers follow the room by now is not known.
    expect(await emitter().emitToRoom('lobby', 'in-lobby', 1)).toMatchObject({ status: 'published' });
    await Promise.all([ann.received('in-lobby'), annElsewhere.received('in-lobby')]);
    await emitter().leaveRoom({ userId: 'ann' }, 'lobby');
    await emitter().emitToRoom('lobby', 'in-lobby', 2);
    await settle(emitter());
    expect(ann.payloads('in-lobby')).toEqual([1]);
    expect(annElsewhere.payloads('in-lobby')).toEqual([1]);
    expect(bob.payloads('in-lobby')).toEqual([]);
  });

  it('are joined by a single socket, on another server too', async () => {
    await emitter().joinRoom({ socketId: annElsewhere.socket.id as string }, 'one');
    await emitter().emitToRoom('one', 'in-one', 1);
    expect(await annElsewhere.received('in-one')).toEqual([1]);
    await settle(emitter());
    expect(ann.payloads('in-one')).toEqual([]);
    expect(annElsewhere.payloads('in-one')).toEqual([1]);
  });

  it('leave out whom a live emit excepts', async () => {
    await emitter().joinRoom({ userId: 'ann' }, 'both');
    await emitter().joinRoom({ userId: 'bob' }, 'both');
    await emitter().emitToRoom('both', 'in-both', 1, { ...LIVE, except: 'user:bob' });
    await settle(emitter());
    expect([ann, annElsewhere, bob].map((client) => client.payloads('in-both'))).toEqual([[1], [1], []]);
  });

  it('end with the connections of a user who is disconnected, on all servers', async () => {
    await emitter().disconnectUser('ann');
    await waitFor(
      'both to be disconnected',
      () => ann.disconnectCount === 1 && annElsewhere.disconnectCount === 1,
    );
    await emitter().broadcast('still-here', 1);
    expect(await bob.received('still-here')).toEqual([1]);
    expect(bob.disconnectCount).toBe(0);
  });

  it('reject what names no room and no user', async () => {
    await expect(emitter().joinRoom({ userId: '' }, 'room')).rejects.toMatchObject({ code: 'INVALID_USER' });
    await expect(emitter().joinRoom({ userId: 'ann' }, '')).rejects.toMatchObject({ code: 'INVALID_ROOM' });
    await expect(emitter().leaveRoom({ userId: 'ann' }, '\u0000')).rejects.toMatchObject({
      code: 'INVALID_ROOM',
    });
    await expect(emitter().disconnectUser('')).rejects.toMatchObject({ code: 'INVALID_USER' });
    await expect(emitter().joinRoom(null as never, 'room')).rejects.toMatchObject({ code: 'INVALID_USER' });
  });
});

describe('A service that injects SocketEmitter', () => {
  it('has the WorkerEmitter in a worker and the SocketGateway in a server, and reaches the same sockets', async () => {
    const inWorker = worker.app.get(ImportReporter).emitter;
    const inServer = serverA.app.get(ImportReporter).emitter;
    expect(inWorker).toBe(worker.app.get(WorkerEmitter));
    expect(inServer).toBe(serverA.app.get(SocketGateway));
    for (const emitter of [inWorker, inServer]) {
      expect(await emitter.emitToUser('bob', 'by-token', 1)).toEqual(published(1));
    }
    expect(await bob.received('by-token', 2)).toEqual([1, 1]);
  });
});

describe("A server's event", () => {
  it('arrives at its own sockets and at those of the other servers, once', async () => {
    expect(await serverA.gateway.emitToUser('ann', 'own', 1)).toEqual(published(2));
    expect(await serverB.gateway.broadcast('own', 2)).toEqual(PUBLISHED);
    await Promise.all([ann.received('own', 2), annElsewhere.received('own', 2), bob.received('own')]);
    await settle(serverA.gateway);
    await settle(serverB.gateway);
    expect([...ann.payloads('own')].sort()).toEqual([1, 2]);
    expect([...annElsewhere.payloads('own')].sort()).toEqual([1, 2]);
    expect(bob.payloads('own')).toEqual([2]);
  });
});
