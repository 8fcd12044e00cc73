import { Module } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { getSocketUser, RedisIoAdapter, RoomAuthorizer, SocketGatewayModule } from 'nestjs-socket-gateway';
import type { Namespace, Socket } from 'socket.io';
import { connectWith, joinedIn, positionIn, readyOf } from '../../../support/durable-server.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../../support/gateway-app.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import type { TestClient } from '../../../support/connect-client.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';
import { waitFor } from '../../../support/wait-for.js';

/** What the application does with each socket as it connects, and before. */
let onConnect: (socket: Socket) => void = () => undefined;
let inMiddleware: (socket: Socket) => void = () => undefined;

@WebSocketGateway()
class OwnGateway {
  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      inMiddleware(socket);
      next();
    });
  }

  handleConnection(socket: Socket): void {
    if (getSocketUser(socket)) onConnect(socket);
  }
}

/** Takes its time, as one that asks a database does. */
class SlowAuthorizer extends RoomAuthorizer {
  static decide: (() => void) | undefined;

  override mayJoin(_: unknown, room: string): Promise<boolean> {
    return new Promise((resolve) => {
      SlowAuthorizer.decide = () => resolve(room.startsWith('open'));
    });
  }
}

@Module({ providers: [OwnGateway] })
class OwnModule {}

let redis: RedisProcess;
let server: GatewayApp;

beforeAll(async () => {
  redis = await RedisProcess.start();
  server = await startGatewayApp({
    gateway: SocketGatewayModule.forRoot({
      redis: redis.url,
      prefix: uniquePrefix(),
      auth: AUTH,
      authorizer: SlowAuthorizer,
    }),
    metadata: { imports: [OwnModule] },
  });
});
afterEach(() => {
  onConnect = () => undefined;
  inMiddleware = () => undefined;
});
afterAll(async () => {
  await server.stop();
  await redis.stop();
});

const emit = (room: string, ...numbers: number[]): Promise<unknown> =>
  Promise.all(numbers.map((number) => server.gateway.emitToRoom(room, 'number', number)));

const bySocket = (socket: Socket, room: string): void => void socket.join(room);
const byCommand = (_: Socket, room: string): void => void server.gateway.joinRoom({ userId: 'ann' }, room);

it.each([
  ['open:socket', bySocket, [3, 4, 5], { ok: true, recovered: true, replayed: 2 }],
  ['closed:socket', bySocket, [5], { ok: false, code: 'ROOM_FORBIDDEN' }],
  ['open:command', byCommand, [3, 4, 5], { ok: true, recovered: true, replayed: 2 }],
  ['closed:command', byCommand, [5], { ok: false, code: 'ROOM_FORBIDDEN' }],
])(
  'a client that wants to go on in %s, into which the application puts it first, gets what the authorizer allows',
  async (room, join, expected, readiness) => {
    onConnect = (socket) => join(socket, room);
    const first = await connectWith(server, 'ann');
    await emit(room, 1, 2);
    await first.received('number', 2);
    const position = first.events.at(-1)?.args[1] as { id: string };
    first.stop();
    await emit(room, 3, 4);

    const connecting = connectWith(server, 'ann', { positions: { [room]: position.id } });
    const decide = await waitFor('the authorizer to be asked', () => SlowAuthorizer.decide);
    SlowAuthorizer.decide = undefined;
    decide();
    const second = await connecting;
    await emit(room, 5);
    expect(await second.received('number', expected.length)).toEqual(expected);
    expect(readyOf(second).rooms.at(-1)).toMatchObject({ room, ...readiness });
    second.stop();
  },
);

it.each([
  ['open:later', [1, 2], { ok: true, recovered: true, replayed: 1 }, [2, 3]],
  ['closed:later', [1, 2], { ok: false, code: 'ROOM_FORBIDDEN' }, [3]],
])(
  'a client that asks to go on in %s gets what the authorizer allows, though the application puts it there meanwhile',
  async (room, [known, missed], reply, expected) => {
    onConnect = (socket) => void socket.join(room);
    const first = await connectWith(server, 'fay');
    await emit(room, known as number);
    await first.received('number');
    const position = idIn(first, room);
    first.stop();
    onConnect = () => undefined;
    await emit(room, missed as number);

    const second = await connectWith(server, 'fay');
    SlowAuthorizer.decide = undefined;
    const joining = second.socket.emitWithAck('gateway:join', { room, position });
    const decide = await waitFor('the authorizer to be asked', () => SlowAuthorizer.decide);
    server.app.get(RedisIoAdapter).namespace?.in('user:fay').socketsJoin(room);
    decide();
    expect(await joining).toMatchObject(reply);
    await emit(room, 3);
    expect(await second.received('number', expected.length)).toEqual(expected);
    second.stop();
  },
);

it('a listener of the application that throws keeps the event from nobody', async () => {
  onConnect = (socket) => {
    if (getSocketUser(socket)?.id !== 'bad') return;
    socket.onAnyOutgoing((name: string) => {
      if (name === 'number') throw new Error('the listener is broken');
    });
    void socket.join('user:good');
  };
  const bad = await connectWith(server, 'bad');
  const good = await connectWith(server, 'good');
  await emit('user:good', 1, 2, 3);
  expect(await good.received('number', 3)).toEqual([1, 2, 3]);
  expect(await bad.received('number', 3)).toEqual([1, 2, 3]);
  expect(good.payloads('gateway:gap')).toEqual([]);
});

it('a socket that leaves while it is sent what it missed gets nothing more of the room', async () => {
  const first = await connectWith(server, 'cat');
  await emit('user:cat', 1);
  await first.received('number');
  const position = positionIn(first, 'user:cat');
  first.stop();
  await emit('user:cat', 2, 3, 4, 5);
  onConnect = (socket) => {
    socket.onAnyOutgoing((name: string, number: number) => {
      if (name === 'number' && number === 3) void socket.leave('user:cat');
    });
  };
  const second = await connectWith(server, 'cat', { positions: { 'user:cat': position } });
  expect(second.payloads('number')).toEqual([2, 3]);
  await emit('user:cat', 6);
  await server.gateway.broadcast('after', 1);
  await second.received('after');
  expect(second.payloads('number')).toEqual([2, 3]);
  expect(() => joinedIn(second, 'user:cat')).toThrow('UNAVAILABLE');
});

it('a socket that the application has put into rooms in middleware gets what is emitted to them, and what it missed', async () => {
  inMiddleware = (socket) => void socket.join(['user:eve', 'tenant', 'open:asked']);
  const first = await connectWith(server, 'eve');
  for (const room of ['user:eve', 'tenant', 'open:asked']) await emit(room, 1);
  expect(await first.received('number', 3)).toEqual([1, 1, 1]);
  const positions = { 'user:eve': positionIn(first, 'user:eve'), 'open:asked': idIn(first, 'open:asked') };
  first.stop();
  await emit('user:eve', 2);
  await emit('open:asked', 3);

  SlowAuthorizer.decide = undefined;
  const connecting = connectWith(server, 'eve', { positions });
  (await waitFor('the authorizer to be asked', () => SlowAuthorizer.decide))();
  const second = await connecting;
  expect([...second.payloads('number')].sort()).toEqual([2, 3]);
  expect(joinedIn(second, 'open:asked')).toMatchObject({ recovered: true, replayed: 1 });
  await emit('tenant', 4);
  expect((await second.received('number', 3)).at(-1)).toBe(4);
  expect(second.payloads('gateway:gap')).toEqual([]);
});

it("a listener of the application that throws keeps none of the gateway's own messages from a client, which can be disconnected", async () => {
  onConnect = (socket) => {
    // Written for durable events, which come with where they come from.
    socket.onAnyOutgoing((_: string, __: unknown, meta: { room: string }) => meta.room);
  };
  const client = await connectWith(server, 'dan');
  expect(readyOf(client).userId).toBe('dan');
  await emit('user:dan', 1);
  expect(await client.received('number')).toEqual([1]);
  await server.gateway.disconnectUser('dan');
  await waitFor('the end', () => client.disconnectCount === 1);
  expect(client.payloads('gateway:disconnecting')).toEqual([{ code: 'DISCONNECTED' }]);
});

function idIn(client: TestClient, room: string): string {
  const metas = client.events.map(({ args }) => args[1] as { room?: string; id?: string } | undefined);
  return metas.find((meta) => meta?.room === room)?.id ?? '';
}
