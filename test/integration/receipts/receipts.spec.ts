import { Redis } from 'ioredis';
import type { UndeliveredEvent } from 'nestjs-socket-gateway/contract';
import { connectGateway, type GatewayClient } from 'nestjs-socket-gateway/client';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import {
  startServerApplication,
  startWorkerApplication,
  type WorkerApplication,
} from '../../support/applications.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const LONG_MS = 15_000;

const resources = new Resources();
const prefix = uniquePrefix();
const metrics = new RecordedMetrics();
let redis: RedisProcess;
let servers: [GatewayApp, GatewayApp];
let worker: WorkerApplication;
let database: Redis;
let userCount = 0;
let user: string;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  database = new Redis(redis.url);
  database.on('error', () => undefined);
  resources.add({ stop: () => database.disconnect() });
  const options = { redis: redis.url, prefix };
  servers = [
    await startServerApplication(resources, options),
    await startServerApplication(resources, options),
  ];
  worker = await startWorkerApplication(resources, { ...options, metrics });
}, 60_000);
afterAll(() => resources.stop());
beforeEach(() => {
  user = `user-${++userCount}`;
});

/** A client of this test's user, that is ready. */
async function connect(server: GatewayApp, options: { autoStart?: boolean } = {}): Promise<GatewayClient> {
  const client = connectGateway(server.url, {
    token: signToken(user),
    onError: () => undefined,
    ...options,
    socketOptions: { transports: ['websocket'], reconnectionDelay: 10, reconnectionDelayMax: 50 },
  });
  resources.add({ stop: () => client.close() });
  if (options.autoStart !== false) await untilReady(client);
  return client;
}

async function untilReady(client: GatewayClient): Promise<void> {
  await waitFor('the client is ready', () => client.state === 'ready');
}

describe('confirm', () => {
  it('tells a worker that a client has handled the event, on whichever server it is', async () => {
    const client = await connect(servers[1]);
    const seen: unknown[] = [];
    client.on('note', (data) => void seen.push(data));
    const result = await worker.emitter.emitToUser(user, 'note', 1, { confirm: { withinMs: LONG_MS } });
    expect(result).toMatchObject({ status: 'published', delivered: true });
    expect(seen).toEqual([1]);
    expect(metrics.count('confirms_total', { result: 'delivered' })).toBeGreaterThan(0);
  });

  it('waits until all handlers have returned', async () => {
    const client = await connect(servers[0]);
    let finish = (): void => undefined;
    const isHandled = new Promise<void>((resolve) => (finish = resolve));
    let hasBegun = false;
    client.on('note', () => {
      hasBegun = true;
      return isHandled;
    });
    let isSettled = false;
    const emitted = servers[1].gateway
      .emitToUser(user, 'note', 1, { confirm: { withinMs: LONG_MS } })
      .finally(() => (isSettled = true));
    await waitFor('the handler has begun', () => hasBegun);
    expect(isSettled).toBe(false);
    finish();
    expect(await emitted).toMatchObject({ delivered: true });
  });

  it('is true after a reconnect within the time', async () => {
    const client = await connect(servers[0]);
    const seen: unknown[] = [];
    client.on('note', (data) => void seen.push(data));
    client.socket.disconnect();
    const emitted = worker.emitter.emitToUser(user, 'note', 2, { confirm: { withinMs: LONG_MS } });
    await waitFor(
      'it is in the log',
      async () => (await worker.emitter.history(`user:${user}`)).events.length,
    );
    client.start();
    expect(await emitted).toMatchObject({ status: 'published', delivered: true });
    expect(seen).toEqual([2]);
  });

  it('is false when nobody is there, and when a plain client or a failing handler is', async () => {
    const confirm = { withinMs: 300 };
    expect(await worker.emitter.emitToUser(user, 'note', 1, { confirm })).toMatchObject({
      status: 'published',
      delivered: false,
    });
    const plain = await servers[0].connect(user);
    expect(await worker.emitter.emitToUser(user, 'note', 2, { confirm })).toMatchObject({ delivered: false });
    expect(await plain.received('note', 1)).toEqual([2]);
    const failing = await connect(servers[1]);
    let callCount = 0;
    failing.on('note', () => {
      callCount++;
      throw new Error('as the test wants it');
    });
    expect(await worker.emitter.emitToUser(user, 'note', 3, { confirm })).toMatchObject({ delivered: false });
    await waitFor('it to be called', () => callCount > 0);
    expect(callCount).toBe(1);
  });

  it('is told for many events and users at once', async () => {
    const client = await connect(servers[0]);
    client.on('note', () => undefined);
    const count = 250;
    const confirm = { withinMs: LONG_MS };
    const results = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        worker.emitter.emitToUser(user, 'note', index, { confirm }),
      ),
    );
    const delivered = results.filter((result) => result.status === 'published' && result.delivered);
    expect(delivered).toHaveLength(count);
    const [here, away] = await worker.emitter.emitToUsers([user, `${user}-away`], 'note', 'x', {
      confirm: { withinMs: 3000 },
    });
    expect([here, away]).toMatchObject([{ delivered: true }, { delivered: false }]);
  });

  it('says nothing of a duplicate, nor of an emit that asks for nothing', async () => {
    const options = { dedupeKey: 'once', confirm: { withinMs: 50 } };
    const first = await worker.emitter.emitToUser(user, 'note', 1, options);
    const second = await worker.emitter.emitToUser(user, 'note', 1, options);
    expect(first).toMatchObject({ status: 'published', delivered: false });
    expect(second).toEqual({ status: 'duplicate', id: (first as { id: string }).id });
    expect(await worker.emitter.emitToUser(user, 'note', 2)).not.toHaveProperty('delivered');
  });

  it('keeps the order of the emits, those between that ask for nothing included', async () => {
    const client = await connect(servers[0]);
    const seen: unknown[] = [];
    client.on('note', (data) => void seen.push(data));
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    const confirm = { withinMs: LONG_MS };
    const results = await Promise.all(
      numbers.map((n) => worker.emitter.emitToUser(user, 'note', n, n % 3 === 1 ? { confirm } : {})),
    );
    await waitFor('all have arrived', () => seen.length === numbers.length);
    expect(seen).toEqual(numbers);
    const told = results.map((result) => result.status === 'published' && result.delivered);
    expect(told).toEqual(numbers.map((n) => (n % 3 === 1 ? true : undefined)));
  });
});

describe('gateway:ack', () => {
  it('is taken for the own room only', async () => {
    const mallory = await servers[0].connect(`${user}-mallory`);
    const victim = await servers[0].connect(user);
    const emitted = worker.emitter.emitToUser(user, 'note', 1, { confirm: { withinMs: 1000 } });
    await victim.received('note', 1);
    const { id, confirm } = victim.events.find(({ name }) => name === 'note')?.args[1] as {
      id: string;
      confirm: boolean;
    };
    expect(confirm).toBe(true);
    const ack = (message: unknown): Promise<unknown> =>
      mallory.socket.timeout(LONG_MS).emitWithAck('gateway:ack', message) as Promise<unknown>;
    expect(await ack({ room: `user:${user}`, id })).toEqual({ ok: false, code: 'ROOM_FORBIDDEN' });
    expect(await ack({ room: `user:${user}-mallory`, id })).toEqual({
      ok: true,
      room: `user:${user}-mallory`,
    });
    expect(await ack({ room: `user:${user}-mallory`, id: 'x' })).toEqual({
      ok: false,
      code: 'INVALID_POSITION',
    });
    expect(await ack(null)).toEqual({ ok: false, code: 'INVALID_ROOM' });
    const tooMany = Array.from({ length: 101 }, () => id);
    expect(await ack({ room: `user:${user}-mallory`, id: tooMany })).toMatchObject({ ok: false });
    expect(await emitted).toMatchObject({ delivered: false });
  });

  it('can be sent by a client without the helper', async () => {
    const plain = await servers[0].connect(user);
    const emitted = worker.emitter.emitToUser(user, 'note', 1, { confirm: { withinMs: LONG_MS } });
    await plain.received('note', 1);
    const { room, id } = plain.events.find(({ name }) => name === 'note')?.args[1] as Record<string, string>;
    expect(await plain.socket.timeout(LONG_MS).emitWithAck('gateway:ack', { room, id })).toEqual({
      ok: true,
      room,
    });
    expect(await emitted).toMatchObject({ delivered: true });
  });
});

describe('fallback', () => {
  const options = { attempts: 3, backoffMs: 1, claimIdleMs: 1000 };

  it('is handed to exactly one of three processes', async () => {
    const handled: { by: string; event: UndeliveredEvent }[] = [];
    const of = (by: string) => (event: UndeliveredEvent) => {
      if (event.userId === user) handled.push({ by, event });
    };
    const stops = [
      servers[0].gateway.onUndelivered(of('one'), options),
      servers[1].gateway.onUndelivered(of('two'), options),
      worker.emitter.onUndelivered(of('three'), options),
    ];
    const before = Date.now();
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        worker.emitter.emitToUser(user, 'note', { n }, { fallback: { afterMs: 10 } }),
      ),
    );
    await waitFor('all are handled', () => handled.length >= 30);
    // What a second process would do, it would do after the lease.
    await Promise.all(stops.map((stop) => stop()));
    expect(handled).toHaveLength(30);
    const events = handled.map(({ event }) => event).sort((a, b) => nOf(a) - nOf(b));
    expect(events.map(nOf)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(events[3]).toEqual({
      userId: user,
      event: 'note',
      data: { n: 3 },
      id: (results[3] as { id: string }).id,
      room: `user:${user}`,
      emittedAt: expect.any(Number) as number,
      attempt: 1,
    });
    expect(events[3]?.emittedAt).toBeGreaterThanOrEqual(before);
  });

  it('calls nobody when it was acknowledged in time, was a duplicate, or has failed', async () => {
    const handled: unknown[] = [];
    const stop = worker.emitter.onUndelivered((event) => {
      if (event.userId.startsWith(user)) handled.push(event.data);
    }, options);
    const client = await connect(servers[0]);
    client.on('note', () => undefined);
    const confirm = { withinMs: LONG_MS };
    const fallback = { afterMs: 2000 };
    const emit = worker.emitter.emitToUser.bind(worker.emitter);
    expect(await emit(user, 'note', 'seen', { confirm, fallback })).toMatchObject({ delivered: true });
    const away = `${user}-away`;
    const first = await emit(away, 'note', 'first', { dedupeKey: 'd' });
    expect(first.status).toBe('published');
    expect((await emit(away, 'note', 'twice', { dedupeKey: 'd', fallback: { afterMs: 1 } })).status).toBe(
      'duplicate',
    );
    await emit(`${user}-broken`, 'note', 1);
    await database.del(`{${prefix}#/#user:${user}-broken}:1log`);
    await database.set(`{${prefix}#/#user:${user}-broken}:1log`, 'of another type');
    expect((await emit(`${user}-broken`, 'note', 'fails', { fallback: { afterMs: 1 } })).status).toBe(
      'failed',
    );
    // What is due later than all of those.
    await emit(away, 'note', 'last', { fallback: { afterMs: 2100 } });
    await waitFor('the last one', () => handled.includes('last'));
    expect(handled).toEqual(['last']);
    await stop();
  });

  it('is tried again when the handler fails, and parked at last', async () => {
    const own = new RecordedMetrics();
    const other = await startWorkerApplication(resources, { redis: redis.url, prefix, metrics: own });
    const attempts: [unknown, number][] = [];
    const stop = other.emitter.onUndelivered(async (event) => {
      if (event.userId !== user) return;
      attempts.push([event.data, event.attempt]);
      await Promise.resolve();
      if (event.data === 'never' || event.attempt === 1) throw new Error('as the test wants it');
    }, options);
    const fallback = { afterMs: 1 };
    await worker.emitter.emitToUser(user, 'note', 'twice', { fallback });
    await waitFor('it is handled', () => own.count('fallbacks_total', { result: 'handled' }) === 1);
    expect(attempts).toEqual([
      ['twice', 1],
      ['twice', 2],
    ]);
    await worker.emitter.emitToUser(user, 'note', 'never', { fallback });
    await waitFor('it is parked', () => own.count('fallbacks_total', { result: 'parked' }) === 1);
    expect(attempts.slice(2)).toEqual([
      ['never', 1],
      ['never', 2],
      ['never', 3],
    ]);
    expect(own.count('fallbacks_total', { result: 'retried' })).toBe(3);
    const parked = await database.lrange(`{${prefix}#/#\u0001receipts}:1parked`, 0, -1);
    expect(parked.map((text) => JSON.parse(text) as unknown)).toContainEqual(
      expect.objectContaining({
        room: `user:${user}`,
        data: '"note","never"',
        reason: 'as the test wants it',
      }),
    );
    await stop();
  });

  it('is there for an emit that had to wait for Redis', async () => {
    const handled: unknown[] = [];
    const stop = servers[0].gateway.onUndelivered((event) => {
      if (event.userId === user) handled.push(event.data);
    }, options);
    await redis.stop();
    await waitFor('Redis is away', async () => {
      const result = await worker.emitter.emitToUser(`${user}-other`, 'note', 0);
      return result.status === 'queued';
    });
    const result = await worker.emitter.emitToUser(user, 'note', 'late', {
      fallback: { afterMs: 10 },
      confirm: { withinMs: 10 },
    });
    expect(result).toEqual({ status: 'queued' });
    await redis.restart();
    await waitFor('it is handled', () => handled.length > 0, 20_000);
    expect(handled).toEqual(['late']);
    await stop();
  });
});

describe('without Redis', () => {
  it('a server confirms and hands over in its own memory', async () => {
    const alone = await startServerApplication(resources, { redis: '', transport: 'local' });
    const client = await connect(alone);
    client.on('note', () => undefined);
    const confirm = { withinMs: LONG_MS };
    expect(await alone.gateway.emitToUser(user, 'note', 1, { confirm })).toMatchObject({ delivered: true });
    const handled: unknown[] = [];
    alone.gateway.onUndelivered((event) => void handled.push([event.userId, event.data]));
    const fallback = { afterMs: 1 };
    await alone.gateway.emitToUser(`${user}-away`, 'note', 2, { fallback });
    await waitFor('it is handled', () => handled.length > 0);
    expect(handled).toEqual([[`${user}-away`, 2]]);
  });
});

function nOf({ data }: UndeliveredEvent): number {
  return (data as { n: number }).n;
}
