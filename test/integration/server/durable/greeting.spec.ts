import { WebSocketGateway } from '@nestjs/websockets';
import { SocketGateway, SocketGatewayModule } from 'nestjs-socket-gateway';
import { getSocketUser } from 'nestjs-socket-gateway';
import type { Socket } from 'socket.io';
import { AUTH, startGatewayApp } from '../../../support/gateway-app.js';
import { RedisProcess } from '../../../support/redis/redis-process.js';
import { uniquePrefix } from '../../../support/unique-prefix.js';

/** As applications do it: tells a user something as soon as the user is there. */
@WebSocketGateway()
class GreetingGateway {
  readonly #gateway: SocketGateway;

  constructor(gateway: SocketGateway) {
    this.#gateway = gateway;
  }

  handleConnection(client: Socket): void {
    const user = getSocketUser(client);
    if (user) void this.#gateway.emitToUser(user.id, 'welcome', user.id);
  }
}

describe.each(['redis', 'memory'])('with rooms in %s', (where) => {
  it('what is emitted to a user in handleConnection reaches that connection', async () => {
    const redis = where === 'redis' ? await RedisProcess.start() : undefined;
    const gateway = SocketGatewayModule.forRoot({
      redis: redis?.url ?? '',
      prefix: uniquePrefix(),
      auth: AUTH,
    });
    const server = await startGatewayApp({ gateway, metadata: { providers: [GreetingGateway] } });
    try {
      for (const user of ['ann', 'bob', 'cat']) {
        const client = await server.connect(user);
        expect(await client.received('welcome')).toEqual([user]);
      }
      const again = await server.connect('ann');
      expect(await again.received('welcome')).toEqual(['ann']);
    } finally {
      await server.stop();
      await redis?.stop();
    }
  });
});
