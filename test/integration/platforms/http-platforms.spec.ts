import { Controller, Get } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { TestClient } from '../../support/connect-client.js';
import { joinedRoom, published } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';

@Controller('hello')
class HelloController {
  @Get()
  hello(): { hello: string } {
    return { hello: 'world' };
  }
}

const PLATFORMS = [
  { name: 'Express', http: () => new ExpressAdapter() },
  { name: 'Fastify', http: () => new FastifyAdapter() },
];

describe.each(PLATFORMS)('an application on $name', ({ http }) => {
  const resources = new Resources();
  let server: GatewayApp;

  beforeAll(async () => {
    server = resources.add(
      await startGatewayApp({
        http: http(),
        metadata: { controllers: [HelloController] },
        prepare: (app) => app.setGlobalPrefix('api'),
      }),
    );
  });

  afterAll(() => resources.stop());

  it.each(['websocket', 'polling'])('brings a user what is emitted, by %s', async (transport) => {
    const ann = await server.connect('ann', { transports: [transport] });
    const bob = await server.connect('bob', { transports: [transport] });
    const event = `hello-by-${transport}`;
    expect(await server.gateway.emitToUser('ann', event, { n: 1 })).toEqual(published(1));
    expect(await ann.received(event)).toEqual([{ n: 1 }]);
    expect(bob.payloads(event)).toEqual([]);
  });

  it('answers HTTP under its global prefix, and Socket.IO without it', async () => {
    const answer = await fetch(`${server.url}/api/hello`);
    expect(await answer.json()).toEqual({ hello: 'world' });
    expect((await fetch(`${server.url}/hello`)).status).toBe(404);
    const handshake = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
    expect(await handshake.text()).toMatch(/^0\{"sid"/);
  });

  it('refuses a client without a good token', async () => {
    const stranger = resources.add(
      new TestClient(server.url, { auth: { token: signToken('ann', { exp: 1 }) } }),
    );
    expect((await stranger.refused()).data).toEqual({ code: 'TOKEN_EXPIRED' });
  });

  it('lets a client join its rooms', async () => {
    const ann = await server.open('', 'ann', { auth: { token: signToken('ann', { rooms: ['orders'] }) } });
    expect(await ann.socket.emitWithAck('gateway:join', { room: 'orders' })).toEqual(joinedRoom('orders'));
    await server.gateway.emitToRoom('orders', 'order', 7);
    expect(await ann.received('order')).toEqual([7]);
  });
});
