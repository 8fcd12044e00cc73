import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  RedisIoAdapter,
  SocketGatewayModule,
  type SocketEmitter,
  type SocketTarget,
} from 'nestjs-socket-gateway';
import { startGatewayHarness, type GatewayHarness, type HarnessClient } from 'nestjs-socket-gateway/testing';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { JwtService } from '@nestjs/jwt';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { joinedRoom } from '../../support/expected-replies.js';

const ROOMS = ['news', 'team:1', 'team:2', 'other', 'user:bob', 'user:ada', 'a*', '[x]'] as const;
const CLAIMS = { rooms: ['news', 'team:*', 'a*'] };
const MAY_JOIN = new Set(['news', 'team:1', 'team:2', 'a*']);
const USERS = ['ada', 'bob'] as const;

const jwt = new JwtService({ secret: 'a secret of this test' });
let redis: Awaited<ReturnType<typeof startRedisServer>>;
let harnesses: GatewayHarness[];
let worker: WorkerEmitter;

beforeAll(async () => {
  redis = await startRedisServer();
  const prefix = randomUUID();
  harnesses = await Promise.all([startServer(prefix), startServer(prefix)]);
  worker = createWorkerEmitter({ redis: redis.url, prefix });
});

afterAll(async () => {
  await worker.close();
  await Promise.all(harnesses.map((harness) => harness.close()));
  await redis.stop();
});

function startServer(prefix: string): Promise<GatewayHarness> {
  return startGatewayHarness({
    application: SocketGatewayModule.forRoot({
      redis: redis.url,
      prefix,
      auth: { jwt: { secret: 'a secret of this test', algorithms: ['HS256'] } },
    }),
    token: (userId, claims) => jwt.sign({ ...claims, sub: String(userId) }, { expiresIn: 60 }),
  });
}

/** A connected socket, and the rooms that it must be in beside its own. */
interface Member {
  client: HarnessClient;
  server: GatewayHarness;
  userId: string;
  rooms: Set<string>;
}

type Step =
  | { by: 'client'; member: number; does: 'join' | 'leave'; room: string }
  | { by: 'server' | 'worker'; member: number; does: 'join' | 'leave'; room: string; one: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    by: fc.constant('client' as const),
    member: fc.nat(3),
    does: fc.constantFrom('join', 'leave'),
    room: fc.constantFrom(...ROOMS),
  }),
  fc.record({
    by: fc.constantFrom('server', 'worker'),
    member: fc.nat(3),
    does: fc.constantFrom('join', 'leave'),
    // Whether a socket or all sockets of its user.
    one: fc.boolean(),
    room: fc.constantFrom('news', 'team:1', 'other', '[x]'),
  }),
);

it('any sequence of joins and leaves by clients, servers and workers leaves each socket in exactly its rooms', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const members = await connectFour();
      try {
        for (const one of steps) {
          await take(one, members);
          await settle(members);
        }
      } finally {
        for (const { client } of members) client.close();
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);

it('joins and leaves that a client sends without waiting are carried out in the order in which they were sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('join', 'leave'), fc.constantFrom('news', 'team:1', 'team:2')), {
        minLength: 1,
        maxLength: 40,
      }),
      async (requests) => {
        const members = await connectFour();
        const [member] = members as [Member];
        const replies = requests.map(([does, room]) =>
          member.client.socket.emitWithAck(`gateway:${does}`, { room }),
        );
        await Promise.all(replies);
        for (const [does, room] of requests) member.rooms[does === 'join' ? 'add' : 'delete'](room);
        expect(roomsOf(member)).toEqual(expected(member));
        for (const { client } of members) client.close();
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

it.each([
  ['no object', 'news', 'INVALID_ROOM'],
  ['no room', {}, 'INVALID_ROOM'],
  ['an inherited room', Object.create({ room: 'news' }), 'INVALID_ROOM'],
  ['an empty room', { room: '' }, 'INVALID_ROOM'],
  ['a room of 257 bytes', { room: 'a'.repeat(257) }, 'INVALID_ROOM'],
  ['control characters', { room: 'a\u0000b' }, 'INVALID_ROOM'],
  ['a list of rooms', { room: ['news'] }, 'INVALID_ROOM'],
  ["another user's room", { room: 'user:bob' }, 'ROOM_FORBIDDEN'],
  ['a room that no claim names', { room: 'other' }, 'ROOM_FORBIDDEN'],
])('a join with %s is refused and says why', async (_, request: unknown, code) => {
  const [server] = harnesses as [GatewayHarness];
  const client = await server.connect('ada', { claims: CLAIMS });
  expect(await client.socket.emitWithAck('gateway:join', request)).toEqual({ ok: false, code });
  client.close();
});

it('a room is one room in whatever form its name is written', async () => {
  const [server] = harnesses as [GatewayHarness];
  const client = await server.connect('ada', { claims: { rooms: ['caf\u00e9', '7'] } });
  expect(await client.socket.emitWithAck('gateway:join', { room: 'cafe\u0301' })).toEqual(
    joinedRoom('caf\u00e9'),
  );
  expect(await client.socket.emitWithAck('gateway:join', { room: 7 })).toEqual(joinedRoom('7'));
  await worker.emitToRoom('cafe\u0301', 'hello', 1);
  expect(await client.next('hello')).toBe(1);
  client.close();
});

it('a claim of every room does not open the rooms of other users, nor those of single sockets', async () => {
  const [server, other] = harnesses as [GatewayHarness, GatewayHarness];
  const [bob, far] = [await server.connect('bob'), await other.connect('bob')];
  const ada = await server.connect('ada', { claims: { rooms: ['*'] } });
  const join = (room: string): Promise<unknown> => ada.socket.emitWithAck('gateway:join', { room });
  expect(await join('anything')).toEqual(joinedRoom('anything'));
  expect(await join('user:bob')).toEqual({ ok: false, code: 'ROOM_FORBIDDEN' });
  for (const { socket } of [bob, far]) {
    expect(await join(socket.id as string)).toEqual({ ok: false, code: 'ROOM_FORBIDDEN' });
  }
  // Twenty characters are a room's name as any other.
  expect(await join('announcements-global')).toEqual(joinedRoom('announcements-global'));
  for (const one of [ada, bob, far]) one.close();
});

async function connectFour(): Promise<Member[]> {
  return Promise.all(
    [0, 1, 2, 3].map(async (index) => {
      const server = harnesses[index % 2] as GatewayHarness;
      const userId = USERS[index < 2 ? 0 : 1];
      return {
        client: await server.connect(userId, { claims: CLAIMS }),
        server,
        userId,
        rooms: new Set<string>(),
      };
    }),
  );
}

async function take(one: Step, members: Member[]): Promise<void> {
  const member = members[one.member] as Member;
  if (one.by === 'client') {
    const reply: unknown = await member.client.socket.emitWithAck(`gateway:${one.does}`, { room: one.room });
    expect(reply).toEqual(expectedReply(one, member));
    if ((reply as { ok: boolean }).ok) change(member, one.does, one.room);
    return;
  }
  const emitter: SocketEmitter = one.by === 'worker' ? worker : (harnesses[0] as GatewayHarness).gateway;
  const who: SocketTarget = one.one
    ? { socketId: member.client.socket.id as string }
    : { userId: member.userId };
  await emitter[one.does === 'join' ? 'joinRoom' : 'leaveRoom'](who, one.room);
  const meant = one.one ? [member] : members.filter(({ userId }) => userId === member.userId);
  for (const each of meant) change(each, one.does, one.room);
}

function expectedReply({ does, room }: Step, { userId }: Member): object {
  const isOwn = room === `user:${userId}`;
  if (does === 'join' && !isOwn && !MAY_JOIN.has(room)) return { ok: false, code: 'ROOM_FORBIDDEN' };
  if (does === 'leave' && isOwn) return { ok: false, code: 'ROOM_FORBIDDEN' };
  return does === 'join' ? joinedRoom(room) : { ok: true, room };
}

function change({ rooms, userId }: Member, does: 'join' | 'leave', room: string): void {
  if (room === `user:${userId}`) return;
  rooms[does === 'join' ? 'add' : 'delete'](room);
}

function expected({ client, userId, rooms }: Member): string[] {
  return [client.socket.id as string, `user:${userId}`, ...rooms].sort();
}

function roomsOf({ client, server }: Member): string[] {
  const socket = server.app.get(RedisIoAdapter).namespace?.sockets.get(client.socket.id as string);
  return [...(socket?.rooms ?? [])].sort();
}

/** Waits until every socket is where it must be: commands of other processes arrive a moment later. */
async function settle(members: Member[]): Promise<void> {
  const deadline = Date.now() + 5000;
  const isSettled = (): boolean =>
    members.every((member) => roomsOf(member).join('\n') === expected(member).join('\n'));
  while (!isSettled() && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  expect(members.map(roomsOf)).toEqual(members.map(expected));
}
