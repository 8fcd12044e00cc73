import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import { getSocketUser, RedisIoAdapter, SocketUser, type AuthenticatedUser } from 'nestjs-socket-gateway';
import type { Namespace, Socket } from 'socket.io';
import { startServerApplication } from '../../support/applications.js';
import { TestClient } from '../../support/connect-client.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

@WebSocketGateway({ namespace: '/chat' })
class ChatGateway {
  @WebSocketServer()
  readonly namespace!: Namespace;

  @SubscribeMessage('whoami')
  whoami(
    @SocketUser() user: AuthenticatedUser,
    @ConnectedSocket() socket: Socket,
    @MessageBody() body: unknown,
  ) {
    return { id: user.id, same: getSocketUser(socket) === user, body };
  }
}

@WebSocketGateway({ namespace: /^\/dyn-.+$/ })
class DynamicGateway {
  connectionCount = 0;

  handleConnection(): void {
    this.connectionCount++;
  }

  @SubscribeMessage('whoami')
  whoami(@SocketUser() user: AuthenticatedUser) {
    return { id: user.id };
  }
}

const resources = new Resources();
let server: GatewayApp;
let otherServer: GatewayApp;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  const options = { redis: redis.url, prefix: 'namespaces' };
  const extras = { providers: [ChatGateway, DynamicGateway] };
  server = await startServerApplication(resources, options, extras);
  otherServer = await startServerApplication(resources, options, extras);
  const { namespace } = server.app.get(RedisIoAdapter);
  namespace?.server.of('/made-later').on('connection', (socket: Socket) => {
    socket.on('whoami', (_: unknown, answer: (user: unknown) => void) =>
      answer({ id: getSocketUser(socket)?.id }),
    );
  });
});
afterAll(() => resources.stop());

function open(namespace: string, token: unknown, of = server): TestClient {
  return resources.add(new TestClient(of.url + namespace, { auth: { token } }));
}

describe.each(['/chat', '/dyn-one', '/dyn-two', '/made-later'])('The namespace %s', (namespace) => {
  it('lets nobody in without a token, or with a wrong or expired one', async () => {
    for (const [token, code] of [
      [undefined, 'UNAUTHENTICATED'],
      ['wrong', 'TOKEN_INVALID'],
      [signToken('ann', { exp: 1 }), 'TOKEN_EXPIRED'],
    ] as const) {
      const error = await open(namespace, token).refused();
      expect(error.data).toEqual({ code });
    }
  });

  it('lets a user in, knows who it is, and has it in its own room', async () => {
    const client = open(namespace, signToken('ann'));
    const answer = (await client.socket.timeout(5000).emitWithAck('whoami', 'hello')) as { id: string };
    expect(answer).toMatchObject({ id: 'ann' });
    const io = server.app.get(RedisIoAdapter).namespace?.server;
    const socket = io?._nsps.get(namespace)?.sockets.get(client.socket.id as string);
    expect([...(socket?.rooms ?? [])].sort()).toEqual([client.socket.id, 'user:ann'].sort());
    // Ready is what the gateway's own namespace says.
    expect(client.payloads('gateway:ready')).toEqual([]);
  });
});

describe("The application's own gateways", () => {
  it('are told of each connection once', async () => {
    const gateway = server.app.get(DynamicGateway);
    const before = gateway.connectionCount;
    const client = open('/dyn-counted', signToken('ann'));
    await client.socket.timeout(5000).emitWithAck('whoami', 0);
    expect(gateway.connectionCount).toBe(before + 1);
  });

  it('reach sockets of the other server, in namespaces of a pattern too', async () => {
    const chat = open('/chat', signToken('bob'), otherServer);
    const dynamic = open('/dyn-across', signToken('bob'), otherServer);
    const io = server.app.get(RedisIoAdapter).namespace?.server;
    // This server has the child of a pattern only once somebody has connected to it.
    open('/dyn-across', signToken('ann'));
    await waitFor('events in both namespaces', () => {
      server.app.get(ChatGateway).namespace.to('user:bob').emit('chat', 1);
      io?._nsps.get('/dyn-across')?.to('user:bob').emit('dynamic', 1);
      return chat.payloads('chat').length > 0 && dynamic.payloads('dynamic').length > 0;
    });
  });

  it('have no part in what the gateway emits', async () => {
    const chat = open('/chat', signToken('cat'));
    await chat.socket.timeout(5000).emitWithAck('whoami', 0);
    const cat = await server.connect('cat');
    await server.gateway.emitToUser('cat', 'event', 1);
    expect(await cat.received('event')).toEqual([1]);
    await server.gateway.emitToUser('cat', 'event', 2, { delivery: 'live' });
    await server.gateway.broadcast('event', 3);
    expect(await cat.received('event', 3)).toEqual([1, 2, 3]);
    await chat.socket.timeout(5000).emitWithAck('whoami', 0);
    expect(chat.payloads('event')).toEqual([]);
  });
});
