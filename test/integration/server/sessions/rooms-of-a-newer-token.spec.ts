import type { Socket } from 'socket.io';
import {
  RedisIoAdapter,
  RoomAuthorizer,
  SocketGatewayModule,
  type AuthenticatedUser,
} from 'nestjs-socket-gateway';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import type { TestClient } from '../../../support/connect-client.js';
import { signToken } from '../../../support/sign-token.js';
import { waitFor } from '../../../support/wait-for.js';

/** Held back until the test lets them go; by room. */
const verdicts = new Map<string, (() => void)[]>();

/** Allows what the token names; takes its time about rooms that start with `slow`; throws where the token says so. */
class Authorizer extends RoomAuthorizer {
  override async mayJoin({ claims }: AuthenticatedUser, room: string): Promise<boolean> {
    if (claims['fails'] === room) throw new Error('away');
    const waiting = verdicts.get(room);
    if (waiting) await new Promise<void>((resolve) => waiting.push(resolve));
    return (claims['rooms'] as string[]).includes(room);
  }
}

let server: GatewayApp;

beforeAll(async () => {
  server = await startGatewayApp({
    gateway: SocketGatewayModule.forRoot({
      redis: '',
      transport: 'local',
      auth: { ...AUTH, defaultRooms: ['news'] },
      authorizer: Authorizer,
    }),
  });
});
afterAll(() => server.stop());
beforeEach(() => verdicts.clear());

const tokenWith = (rooms: string[], claims: object = {}): string => signToken('ada', { rooms, ...claims });

const connect = (rooms: string[], auth: object = {}): Promise<TestClient> =>
  server.connect('ada', { auth: { token: tokenWith(rooms), rooms, ...auth } });

const refresh = (client: TestClient, rooms: string[], claims: object = {}): Promise<unknown> =>
  client.socket.emitWithAck('gateway:refresh', { token: tokenWith(rooms, claims) });

function roomsOf(client: TestClient): string[] {
  const { namespace } = server.app.get(RedisIoAdapter);
  const rooms = namespace?.sockets.get(client.socket.id as string)?.rooms ?? [];
  return [...rooms].filter((room) => room !== client.socket.id).sort();
}

it('a newer token takes its client out of the rooms that it does not allow, and says so before the answer', async () => {
  const client = await connect(['a', 'b']);
  expect(await client.socket.emitWithAck('gateway:join', { room: 'b' })).toMatchObject({ ok: true });
  expect(await refresh(client, ['b', 'c'])).toMatchObject({ ok: true });
  expect(client.payloads('gateway:room')).toEqual([{ room: 'a', ok: false, code: 'ROOM_FORBIDDEN' }]);
  expect(roomsOf(client)).toEqual(['b', 'news', 'user:ada']);
  await server.gateway.emitToRoom('a', 'hidden', 1);
  await server.gateway.emitToRoom('b', 'shown', 1);
  await client.received('shown');
  expect(client.payloads('hidden')).toEqual([]);
  expect(await client.socket.emitWithAck('gateway:join', { room: 'a' })).toMatchObject({
    code: 'ROOM_FORBIDDEN',
  });
  expect(await client.socket.emitWithAck('gateway:join', { room: 'c' })).toMatchObject({ ok: true });
});

it('default rooms stay, though the client left and joined them itself', async () => {
  const client = await connect(['news']);
  await client.socket.emitWithAck('gateway:leave', { room: 'news' });
  await client.socket.emitWithAck('gateway:join', { room: 'news' });
  expect(await refresh(client, [])).toMatchObject({ ok: true });
  expect(roomsOf(client)).toEqual(['news', 'user:ada']);
});

it('where the application has put a socket it stays, before its client asked or after', async () => {
  const client = await connect(['late', 'asked']);
  await server.gateway.joinRoom({ userId: 'ada' }, 'put');
  await server.gateway.joinRoom({ socketId: client.socket.id as string }, 'late');
  expect(await refresh(client, ['put'])).toMatchObject({ ok: true });
  expect(await client.socket.emitWithAck('gateway:join', { room: 'put' })).toMatchObject({ ok: true });
  expect(await refresh(client, [])).toMatchObject({ ok: true });
  expect(roomsOf(client)).toEqual(['late', 'news', 'put', 'user:ada']);
});

it('a room about which it cannot be decided is left', async () => {
  const client = await connect(['a']);
  expect(await refresh(client, ['a'], { fails: 'a' })).toMatchObject({ ok: true });
  expect(client.payloads('gateway:room')).toEqual([{ room: 'a', ok: false, code: 'UNAVAILABLE' }]);
  expect(roomsOf(client)).toEqual(['news', 'user:ada']);
});

it('what was asked by the older token is decided by the newer one when that has come meanwhile', async () => {
  const waiting: (() => void)[] = [];
  verdicts.set('slow', waiting);
  const connecting = connect(['slow']);
  await waitFor('the question', () => waiting.length === 1);
  const { namespace } = server.app.get(RedisIoAdapter);
  const [client] = [...(namespace?.sockets.values() ?? [])].filter(({ handshake }) =>
    (handshake.auth['rooms'] as string[] | undefined)?.includes('slow'),
  );
  expect(client).toBeDefined();
  // The client of the test waits for `gateway:ready`, so the refresh is what its transport would bring.
  const { conn } = client as Socket;
  const answered = new Promise<string>((resolve) => {
    conn.on('packetCreate', ({ data = '' }) => String(data).startsWith('3777[') && resolve(String(data)));
  });
  const data = `2777${JSON.stringify(['gateway:refresh', { token: tokenWith([]) }])}`;
  conn.transport.emit('packet', { type: 'message', data });
  expect(await answered).toContain('"ok":true');
  verdicts.clear();
  for (const decide of waiting) decide();
  expect(roomsOf(await connecting)).toEqual(['news', 'user:ada']);
});
