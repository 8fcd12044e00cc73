import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { RawClient } from '../../../../bench/lib/raw-client.mjs';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import { connectWith, joinedIn, positionIn, readyOf } from '../../../support/durable-server.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { signToken } from '../../../support/sign-token.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

const DEADLINE_MS = 60_000;

let redis: RedisProcess;
let server: GatewayApp;

beforeAll(async () => {
  redis = await RedisProcess.start();
  server = await startGatewayApp({
    gateway: SocketGatewayModule.forRoot({
      redis: redis.url,
      prefix: uniquePrefix(),
      auth: { ...AUTH, defaultRooms: ['everybody'] },
      limits: { connectionsPerUser: 10_000 },
      // Thousands of emits at once are not to be a matter of time.
      emitTimeoutMs: 10_000,
    }),
  });
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

/** Connects raw clients, some at a time, and collects the numbers that each is sent. */
async function crowd(count: number, auth: (index: number) => object): Promise<Crowd> {
  const port = Number(new URL(server.url).port);
  const received: number[][] = [];
  const ready: string[] = [];
  const clients: RawClient[] = [];
  const add = async (index: number): Promise<void> => {
    const numbers: number[] = (received[index] = []);
    const client = new RawClient(port, auth(index), (packet) => {
      if (packet.startsWith('["number",')) numbers.push((JSON.parse(packet) as [string, number])[1]);
      else if (packet.startsWith('["gateway:ready"')) ready[index] = packet;
    });
    clients.push(client);
    await client.connected;
  };
  for (let start = 0; start < count; start += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - start) }, (_, index) => add(start + index)));
  }
  const isReady = (): boolean => Object.keys(ready).length === count;
  await waitFor(`${count} clients to be ready`, isReady, DEADLINE_MS);
  const close = (): void => {
    for (const client of clients) client.close();
  };
  return { received, ready, close };
}

interface Crowd {
  readonly received: number[][];
  readonly ready: string[];
  close(): void;
}

const tokens = new Map<string, string>();
const tokenOf = (user: string, claims: Record<string, unknown> = {}): string => {
  const token = tokens.get(user) ?? signToken(user, claims);
  tokens.set(user, token);
  return token;
};

async function emit(room: string, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const results = await Promise.all(numbers.map((n) => server.gateway.emitToRoom(room, 'number', n)));
  expect(results.every(({ status }) => status === 'published')).toBe(true);
}

it('a socket may be in a hundred rooms, and resumes in all of them at once', async () => {
  const rooms = Array.from({ length: 99 }, (_, index) => `many:${index}`);
  const claims = { rooms: ['many:*'] };
  const first = await connectWith(server, 'ann', { rooms }, claims);
  for (const room of rooms) await emit(room, 1, 1);
  await first.received('number', 99);
  const positions = Object.fromEntries(rooms.map((room) => [room, positionIn(first, room)]));
  first.stop();
  await Promise.all(rooms.map((room) => emit(room, 2, 4)));
  const second = await connectWith(server, 'ann', { positions }, claims);
  expect(readyOf(second).rooms).toHaveLength(101);
  for (const room of rooms) expect(joinedIn(second, room)).toMatchObject({ recovered: true, replayed: 3 });
  expect(second.payloads('number')).toHaveLength(3 * 99);
});

it('thousands of sockets return to one room at once, and each has what it missed, once', async () => {
  const probe = await connectWith(server, 'probe');
  await emit('everybody', 1, 1);
  await probe.received('number');
  const position = positionIn(probe, 'everybody');
  probe.stop();
  await emit('everybody', 2, 11);
  const returning = await crowd(5000, (index) => ({
    token: tokenOf(`user-${index % 50}`),
    positions: { everybody: position },
  }));
  await emit('everybody', 12, 14);
  const expected = Array.from({ length: 13 }, (_, index) => 2 + index);
  await waitFor(
    'all to have all',
    () => returning.received.every((numbers) => numbers.length >= expected.length),
    DEADLINE_MS,
  );
  for (const numbers of returning.received) expect(numbers).toEqual(expected);
  returning.close();
}, 120_000);

it('thousands of rooms are attached to at once', async () => {
  const rooms = Array.from({ length: 5000 }, (_, index) => `hall:${index}`);
  const members = await crowd(50, (index) => ({
    token: tokenOf(`guest-${index}`, { rooms: ['hall:*'] }),
    rooms: rooms.slice(index * 100, index * 100 + 100),
  }));
  expect(members.ready.every((packet) => !packet.includes('"pending"'))).toBe(true);
  await Promise.all(rooms.map((room, index) => emit(room, index, index)));
  await waitFor(
    'all to have what was emitted to their rooms',
    () => members.received.every((numbers) => numbers.length >= 100),
    DEADLINE_MS,
  );
  for (const [index, numbers] of members.received.entries()) {
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => index * 100 + n));
  }
  members.close();
}, 120_000);

it('a socket that does not read what it missed does not keep the others of its room waiting', async () => {
  const early = await connectWith(server, 'slow');
  await emit('everybody', 1, 1);
  await early.received('number');
  const position = positionIn(early, 'everybody');
  early.stop();
  const text = 'x'.repeat(50_000);
  for (let index = 0; index < 60; index++) await server.gateway.emitToRoom('everybody', 'text', text);
  const others = await crowd(1000, (index) => ({ token: tokenOf(`user-${index % 50}`) }));

  const slow = await server.open('/', 'slow', {
    auth: { token: tokenOf('slow'), positions: { everybody: position } },
  });
  const { ws } = slow.socket.io.engine.transport as unknown as { ws: { pause(): void; resume(): void } };
  ws.pause();
  await emit('everybody', 2, 20);
  const expected = Array.from({ length: 19 }, (_, index) => 2 + index);
  await waitFor(
    'the others to have all',
    () => others.received.every((numbers) => numbers.length >= expected.length),
    DEADLINE_MS,
  );
  for (const numbers of others.received) expect(numbers).toEqual(expected);
  expect(slow.payloads('number')).toEqual([]);
  expect(slow.payloads('text').length).toBeLessThan(60);
  ws.resume();
  await waitFor('the slow one to have all', () => slow.payloads('number').length === 19, DEADLINE_MS);
  expect(slow.payloads('text')).toHaveLength(60);
  expect(slow.payloads('number')).toEqual(expected);
  expect(slow.payloads('gateway:gap')).toEqual([]);
  others.close();
}, 120_000);
