import { UseFilters, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import {
  ConnectedSocket,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from '@nestjs/websockets';
import {
  GatewayExceptionFilter,
  getSocketUser,
  SocketGateway,
  SocketGatewayModule,
  SocketUser,
  type AuthenticatedUser,
} from 'nestjs-socket-gateway';
import type { Namespace, Server, Socket } from 'socket.io';
import { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';

class AdminGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const user = getSocketUser(context.switchToWs().getClient<Socket>());
    if (user?.claims['admin'] !== true) throw new WsException({ code: 'NOT_ADMIN', message: 'admins only' });
    return true;
  }
}

/** Two gateways on the gateway's own namespace; the first injects the emitter. */
@WebSocketGateway()
class OrdersGateway {
  @WebSocketServer()
  readonly server!: Server;

  constructor(readonly emitter: SocketGateway) {}

  @SubscribeMessage('order')
  async order(@SocketUser() user: AuthenticatedUser): Promise<string> {
    await this.emitter.emitToUser(user.id, 'order:placed', { by: user.id });
    return 'accepted';
  }
}

@WebSocketGateway({ namespace: '/' })
@UseFilters(GatewayExceptionFilter)
class FailingGateway {
  @SubscribeMessage('fail:now')
  now(): never {
    throw new Error('the password is 1234');
  }

  @SubscribeMessage('fail:later')
  async later(): Promise<never> {
    await Promise.resolve();
    throw new TypeError('of undefined');
  }

  @SubscribeMessage('fail:text')
  text(): never {
    throw new WsException('out of stock');
  }

  @SubscribeMessage('fail:object')
  object(): never {
    throw new WsException({ code: 'OUT_OF_STOCK', message: 'none left', secret: 1 });
  }

  @SubscribeMessage('fail:nothing')
  nothing(): never {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- people do
    throw undefined;
  }

  @UseGuards(AdminGuard)
  @SubscribeMessage('admin')
  admin(): string {
    return 'welcome';
  }
}

@WebSocketGateway({ namespace: /^\/room-\d+$/ })
class NumberedGateway {
  @SubscribeMessage('where')
  where(@ConnectedSocket() socket: Socket, @SocketUser() user: AuthenticatedUser): string {
    return `${user.id} in ${socket.nsp.name}`;
  }
}

@WebSocketGateway({ namespace: '/status' })
class StatusGateway {
  @WebSocketServer()
  readonly namespace!: Namespace;

  @SubscribeMessage('who')
  who(@SocketUser() user: AuthenticatedUser | undefined): string {
    return user?.id ?? 'nobody';
  }
}

@WebSocketGateway({ namespace: '/news' })
class NewsGateway {
  @SubscribeMessage('who')
  who(@SocketUser() user: AuthenticatedUser | undefined): string {
    return user?.id ?? 'nobody';
  }
}

const resources = new Resources();
let server: GatewayApp;

beforeAll(async () => {
  const gateway = SocketGatewayModule.forRoot({
    transport: 'local',
    redis: '',
    auth: { ...AUTH, publicNamespaces: ['/status', /^\/news$/] },
  });
  const providers = [OrdersGateway, FailingGateway, NumberedGateway, StatusGateway, NewsGateway];
  server = resources.add(await startGatewayApp({ gateway, metadata: { providers } }));
});

afterAll(() => resources.stop());

const ask = (client: TestClient, event: string, data: unknown = {}): Promise<unknown> =>
  client.socket.timeout(5000).emitWithAck(event, data);

describe('gateways of the application on the namespace of the gateway', () => {
  it('serve the same sockets as it does', async () => {
    const ann = await server.connect('ann');
    expect(await ask(ann, 'order')).toBe('accepted');
    expect(await ann.received('order:placed')).toEqual([{ by: 'ann' }]);
    expect(await ask(ann, 'gateway:leave', { room: 'nowhere' })).toEqual({ ok: true, room: 'nowhere' });
    expect(ann.payloads('gateway:ready')).toHaveLength(1);
  });

  it('have the server, and its rooms of users', async () => {
    const bob = await server.connect('bob');
    const { server: io } = server.app.get(OrdersGateway);
    io.to('user:bob').emit('by-hand', 1);
    expect(await bob.received('by-hand')).toEqual([1]);
  });
});

describe('a gateway on a pattern of namespaces', () => {
  it('knows the user and the namespace of each socket', async () => {
    const [one, two] = [await server.open('/room-1', 'ann'), await server.open('/room-2', 'bob')];
    expect(await ask(one, 'where')).toBe('ann in /room-1');
    expect(await ask(two, 'where')).toBe('bob in /room-2');
  });

  it('is asked for by nobody without a token, nor outside the pattern', async () => {
    const stranger = resources.add(new TestClient(`${server.url}/room-1`, {}));
    expect((await stranger.refused()).data).toEqual({ code: 'UNAUTHENTICATED' });
    const elsewhere = resources.add(
      new TestClient(`${server.url}/room-x`, { auth: { token: signToken('ann') } }),
    );
    expect((await elsewhere.refused()).message).toBe('Invalid namespace');
  });
});

describe('GatewayExceptionFilter', () => {
  it.each([
    ['fail:now', { ok: false, code: 'HANDLER_FAILED' }],
    ['fail:later', { ok: false, code: 'HANDLER_FAILED' }],
    ['fail:nothing', { ok: false, code: 'HANDLER_FAILED' }],
    ['fail:text', { ok: false, code: 'HANDLER_FAILED', message: 'out of stock' }],
    ['fail:object', { ok: false, code: 'OUT_OF_STOCK', message: 'none left' }],
  ])('answers the acknowledgement of %s', async (event, answer) => {
    const ann = await server.connect('ann');
    expect(await ask(ann, event)).toEqual(answer);
    // The same message again: a failure does not take the handler away.
    expect(await ask(ann, event)).toEqual(answer);
  });

  it('answers what a guard refuses, and lets pass what it lets pass', async () => {
    const ann = await server.connect('ann');
    expect(await ask(ann, 'admin')).toEqual({ ok: false, code: 'NOT_ADMIN', message: 'admins only' });
    const root = await server.open('', 'root', { auth: { token: signToken('root', { admin: true }) } });
    expect(await ask(root, 'admin')).toBe('welcome');
  });

  it('emits the failure of a message that waits for no answer', async () => {
    const ann = await server.connect('ann');
    ann.socket.emit('fail:text', {});
    expect(await ann.received('exception')).toEqual([
      { ok: false, code: 'HANDLER_FAILED', message: 'out of stock' },
    ]);
  });
});

describe('public namespaces', () => {
  it.each(['/status', '/news'])('%s lets in whoever comes, as nobody', async (namespace) => {
    const stranger = resources.add(new TestClient(server.url + namespace, {}));
    expect(await ask(stranger, 'who')).toBe('nobody');
    expect(stranger.refusals).toEqual([]);
  });

  it('make no other namespace public', async () => {
    for (const namespace of ['', '/room-1']) {
      const stranger = resources.add(new TestClient(server.url + namespace, {}));
      expect((await stranger.refused()).data).toEqual({ code: 'UNAUTHENTICATED' });
    }
  });

  it.each([['/'], [/^\/(status)?/]])(
    'cannot contain the namespace of the gateway, as %s does',
    async (one) => {
      const gateway = SocketGatewayModule.forRoot({
        transport: 'local',
        redis: '',
        auth: { ...AUTH, publicNamespaces: ['/ok', one] },
      });
      const start = startGatewayApp({ gateway });
      await expect(start).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
      await expect(start).rejects.toThrow('auth.publicNamespaces[1]');
    },
  );
});
