import { JwtService } from '@nestjs/jwt';
import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { startRedisServer } from '../../../scripts/lib/redis-server.mjs';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { joinedRoom, published } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { TestClient } from '../../support/connect-client.js';
import { uniquePrefix } from '../../support/unique-prefix.js';

const OTHER_SECRET = 'the secret of the other application, long enough';

describe('two applications in one process, on one Redis', () => {
  const resources = new Resources();
  let one: GatewayApp;
  let other: GatewayApp;
  let otherWorker: WorkerEmitter;

  beforeAll(async () => {
    const { url: redis } = resources.add(await startRedisServer());
    const prefix = uniquePrefix();
    one = resources.add(
      await startGatewayApp({ gateway: SocketGatewayModule.forRoot({ redis, prefix, auth: AUTH }) }),
    );
    other = resources.add(
      await startGatewayApp({
        gateway: SocketGatewayModule.forRoot({
          redis,
          prefix: uniquePrefix(),
          namespace: '/other',
          path: '/other.io',
          auth: { jwt: { secret: OTHER_SECRET, algorithms: ['HS512'] }, defaultRooms: ['everybody'] },
        }),
      }),
    );
    const silent = { log: () => undefined, warn: () => undefined, error: () => undefined };
    otherWorker = createWorkerEmitter({ redis, prefix, namespace: '/', logger: silent });
    resources.add({ stop: () => otherWorker.close() });
  });

  afterAll(() => resources.stop());

  const openOther = (userId: string): Promise<TestClient> =>
    other.open('/other', userId, { path: '/other.io', auth: { token: signOther(userId) } });

  it('each know their own tokens only', async () => {
    const wrongOne = resources.add(new TestClient(one.url, { auth: { token: signOther('ann') } }));
    expect((await wrongOne.refused()).data).toEqual({ code: 'TOKEN_INVALID' });
    const wrongOther = resources.add(
      new TestClient(`${other.url}/other`, { path: '/other.io', auth: { token: signToken('ann') } }),
    );
    expect((await wrongOther.refused()).data).toEqual({ code: 'TOKEN_INVALID' });
  });

  it('each have their own default rooms', async () => {
    const first = await one.connect('ann');
    const second = await openOther('ann');
    expect(await first.received('gateway:ready')).toEqual([
      { userId: 'ann', rooms: [joinedRoom('user:ann')] },
    ]);
    expect(await second.received('gateway:ready')).toEqual([
      { userId: 'ann', rooms: [joinedRoom('user:ann'), joinedRoom('everybody')] },
    ]);
  });

  it('do not hear each other, nor each other’s workers', async () => {
    const first = await one.connect('ann');
    const second = await openOther('ann');
    await one.gateway.emitToUser('ann', 'from-one', 1);
    await other.gateway.emitToUser('ann', 'from-other', 2);
    expect(await otherWorker.emitToUser('ann', 'from-worker', 3)).toEqual(published(1));
    await first.received('from-worker');
    await second.received('from-other');
    // What would have come wrongly was sent before these, on the same connections, and into the room of the same name.
    await other.gateway.emitToUser('ann', 'last', 4);
    await one.gateway.emitToUser('ann', 'last', 4);
    await Promise.all([first.received('last'), second.received('last')]);
    expect(first.events.map(({ name }) => name)).toEqual([
      'gateway:ready',
      'from-one',
      'from-worker',
      'last',
    ]);
    expect(second.events.map(({ name }) => name)).toEqual(['gateway:ready', 'from-other', 'last']);
  });

  it('close one by one: the other goes on', async () => {
    const redis = resources.add(await startRedisServer());
    const gateway = SocketGatewayModule.forRoot({ redis: redis.url, prefix: uniquePrefix(), auth: AUTH });
    const short = await startGatewayApp({ gateway });
    await short.connect('ann');
    await short.stop();
    const first = await one.connect('zoe');
    await one.gateway.emitToUser('zoe', 'still', 1);
    expect(await first.received('still')).toEqual([1]);
  });
});

function signOther(userId: string): string {
  const options = { secret: OTHER_SECRET, algorithm: 'HS512', expiresIn: '1h' } as const;
  return new JwtService().sign({ sub: userId }, options);
}
