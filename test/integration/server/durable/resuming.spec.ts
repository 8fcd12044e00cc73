import type { EmitResult } from 'nestjs-socket-gateway/contract';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import type { GatewayApp } from '../../../support/gateway-app.js';
import {
  connectWith,
  joinedIn,
  positionIn,
  readyOf,
  startDurableServer,
} from '../../../support/durable-server.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.each(['redis', 'memory'] as const)('durable rooms in %s', (where) => {
  let redis: RedisProcess | undefined;
  let server: GatewayApp;

  beforeAll(async () => {
    redis = where === 'redis' ? await RedisProcess.start() : undefined;
    server = await startDurableServer(redis?.url, uniquePrefix());
  });
  afterAll(async () => {
    await server.stop();
    await redis?.stop();
  });

  const emitNumbers = (room: string, from: number, to: number): Promise<unknown> =>
    Promise.all(numbers(from, to).map((number) => server.gateway.emitToRoom(room, 'number', number)));

  it('sends events with the room and their id, in the order of the emits', async () => {
    const client = await connectWith(server, 'ada');
    const results = await Promise.all(
      numbers(1, 500).map((number) => server.gateway.emitToUser('ada', 'number', number)),
    );
    expect(await client.received('number', 500)).toEqual(numbers(1, 500));
    const metas = client.events.filter(({ name }) => name === 'number').map(({ args }) => args[1]);
    expect(metas).toEqual(results.map((result) => ({ room: 'user:ada', id: 'id' in result && result.id })));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['published']));
  });

  it('says where a client is when it connects, and that it asked for nothing', async () => {
    const client = await connectWith(server, 'new');
    expect(readyOf(client)).toEqual({
      userId: 'new',
      rooms: [
        { room: 'user:new', ok: true, position: expect.any(String) as string, recovered: null, replayed: 0 },
      ],
    });
  });

  it('sends a client that returns exactly what it missed', async () => {
    const first = await connectWith(server, 'bob');
    await emitNumbers('user:bob', 1, 5);
    await first.received('number', 5);
    const position = positionIn(first, 'user:bob');
    first.stop();
    await emitNumbers('user:bob', 6, 15);
    const second = await connectWith(server, 'bob', { positions: { 'user:bob': position } });
    expect(second.payloads('number')).toEqual(numbers(6, 15));
    expect(joinedIn(second, 'user:bob')).toMatchObject({ recovered: true, replayed: 10 });
    await emitNumbers('user:bob', 16, 20);
    expect(await second.received('number', 15)).toEqual(numbers(6, 20));
    expect(second.payloads('gateway:gap')).toEqual([]);
  });

  it('sends nothing to a client that missed nothing', async () => {
    const first = await connectWith(server, 'eve');
    await emitNumbers('user:eve', 1, 3);
    await first.received('number', 3);
    const second = await connectWith(server, 'eve', {
      positions: { 'user:eve': positionIn(first, 'user:eve') },
    });
    expect(joinedIn(second, 'user:eve')).toMatchObject({ recovered: true, replayed: 0 });
    expect(second.payloads('number')).toEqual([]);
  });

  it('joins the rooms of the positions, if the user may, and refuses the others by name', async () => {
    const may = { rooms: ['team:*'] };
    const first = await connectWith(server, 'kim', { rooms: ['team:1'] }, may);
    await emitNumbers('team:1', 1, 2);
    await first.received('number', 2);
    const position = positionIn(first, 'team:1');
    first.stop();
    await emitNumbers('team:1', 3, 4);
    await emitNumbers('secret', 100, 101);
    const second = await connectWith(
      server,
      'kim',
      { positions: { 'team:1': position, secret: position, 'user:ada': position } },
      may,
    );
    expect(second.payloads('number')).toEqual([3, 4]);
    expect(readyOf(second).rooms).toEqual([
      expect.objectContaining({ room: 'user:kim', ok: true }),
      expect.objectContaining({ room: 'team:1', ok: true, recovered: true, replayed: 2 }),
      { room: 'secret', ok: false, code: 'ROOM_FORBIDDEN' },
      { room: 'user:ada', ok: false, code: 'ROOM_FORBIDDEN' },
    ]);
  });

  it('ignores the positions of another user', async () => {
    const first = await connectWith(server, 'tom');
    await emitNumbers('user:tom', 1, 3);
    await first.received('number', 3);
    const positions = { 'user:tom': positionIn(first, 'user:tom') };
    await emitNumbers('user:tom', 4, 5);
    const second = await connectWith(server, 'tom', { positions, for: 'somebody else' });
    expect(joinedIn(second, 'user:tom')).toMatchObject({ recovered: null, replayed: 0 });
  });

  it.each([
    ['a number', 7],
    ['text', 'yesterday'],
    ['a position that is too long', `1234567890123-0.${'a'.repeat(60)}`],
    ['an object', {}],
  ])('refuses %s as a position, and lets the user in nevertheless', async (_, position) => {
    // Who comes with no position begins where the server's feed is, which may be behind what was just acknowledged.
    const witness = await connectWith(server, 'mia');
    await emitNumbers('user:mia', 1, 2);
    await witness.received('number', 2);
    const client = await connectWith(server, 'mia', { positions: { 'user:mia': position as string } });
    expect(joinedIn(client, 'user:mia')).toMatchObject({ recovered: false, code: 'INVALID_POSITION' });
    expect(client.payloads('number')).toEqual([]);
  });

  it('rewinds by a number of events, and to the oldest that is kept', async () => {
    await emitNumbers('user:zoe', 1, 20);
    const some = await connectWith(server, 'zoe', { rewind: 7 });
    expect(some.payloads('number')).toEqual(numbers(14, 20));
    const all = await connectWith(server, 'zoe', { rewind: 'all' });
    expect(all.payloads('number')).toEqual(numbers(1, 20));
    expect(joinedIn(all, 'user:zoe')).toMatchObject({ recovered: null, replayed: 20 });
    const none = await connectWith(server, 'zoe', { rewind: 0 });
    expect(none.payloads('number')).toEqual([]);
  });

  it('joins and rewinds a room on request, and answers where the client is', async () => {
    await emitNumbers('news', 1, 9);
    const client = await connectWith(server, 'lea', {}, { rooms: ['news'] });
    const join = (request: object): Promise<unknown> => client.socket.emitWithAck('gateway:join', request);
    const reply = await join({ room: 'news', rewind: 3 });
    expect(reply).toEqual({
      ok: true,
      room: 'news',
      position: expect.any(String) as string,
      recovered: null,
      replayed: 3,
    });
    expect(client.payloads('number')).toEqual([7, 8, 9]);
    expect(await join({ room: 'news' })).toEqual({ ...(reply as object), replayed: 0 });
    expect(await join({ room: 'news', rewind: -1 })).toEqual({ ok: false, code: 'INVALID_POSITION' });
    expect(await join({ room: 'news', position: '1' })).toEqual({ ok: false, code: 'INVALID_POSITION' });
  });

  it('shows the latest values to who comes late, one for each key, and none that was cleared', async () => {
    const progress = (key: string, percent: number): Promise<unknown> =>
      server.gateway.emitToUser('joe', 'progress', percent, { delivery: 'latest', key });
    const early = await connectWith(server, 'joe');
    for (const percent of [10, 20, 30]) await progress('a', percent);
    await progress('b', 5);
    await progress('c', 50);
    await server.gateway.emitToUser('joe', 'completed', 'c', { clears: 'c' });
    expect(await early.received('progress', 5)).toEqual([10, 20, 30, 5, 50]);
    const late = await connectWith(server, 'joe', { rewind: 'all' });
    expect(late.events.filter(({ name }) => name !== 'gateway:ready')).toEqual([
      { name: 'completed', args: ['c', { room: 'user:joe', id: expect.any(String) as string }] },
      { name: 'progress', args: [30, { room: 'user:joe', key: 'a' }] },
      { name: 'progress', args: [5, { room: 'user:joe', key: 'b' }] },
    ]);
    await progress('a', 40);
    await late.received('progress', 3);
    expect(late.payloads('progress')).toEqual([30, 5, 40]);
  });

  it('shows no latest value that was set again and that a duplicate of what cleared it has cleared again', async () => {
    const progress = (percent: number): Promise<unknown> =>
      server.gateway.emitToUser('jim', 'progress', percent, { delivery: 'latest' });
    const complete = (): Promise<EmitResult> =>
      server.gateway.emitToUser('jim', 'completed', 1, { clears: 'progress', dedupeKey: 'done' });
    const early = await connectWith(server, 'jim');
    await progress(80);
    await complete();
    await progress(10);
    expect(await complete()).toMatchObject({ status: 'duplicate' });
    expect(await early.received('progress', 2)).toEqual([80, 10]);
    const late = await connectWith(server, 'jim');
    await progress(5);
    expect(await late.received('progress', 1)).toEqual([5]);
    expect(await early.received('progress', 3)).toEqual([80, 10, 5]);
    expect(early.payloads('completed')).toEqual([1]);
  });

  it('follows rooms that the application makes sockets join by itself', async () => {
    const client = await connectWith(server, 'own');
    const sockets = await server.app.get(RedisIoAdapter).namespace?.in('user:own').fetchSockets();
    for (const socket of sockets ?? []) socket.join('by:hand');
    await server.gateway.joinRoom({ userId: 'own' }, 'by:command');
    await emitNumbers('by:command', 1, 1);
    await client.received('number', 1);
    expect(client.events.at(-1)?.args[1]).toMatchObject({ room: 'by:command' });
    await emitNumbers('by:hand', 2, 2);
    expect(await client.received('number', 2)).toEqual([1, 2]);
    await server.gateway.leaveRoom({ userId: 'own' }, 'by:hand');
    await emitNumbers('by:hand', 3, 3);
    await emitNumbers('by:command', 4, 4);
    expect(await client.received('number', 3)).toEqual([1, 2, 4]);
  });
});
