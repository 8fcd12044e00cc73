import { SocketGatewayModule } from 'nestjs-socket-gateway';
import { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';

const ALLOWED = 'https://app.example.com';
const EVIL = 'https://evil.example.com';

const resources = new Resources();
let server: GatewayApp;

beforeAll(async () => {
  const gateway = SocketGatewayModule.forRoot({
    transport: 'local',
    redis: '',
    auth: { ...AUTH, cookie: 'session' },
    cors: { origin: [ALLOWED, /^https:\/\/[a-z]+\.partner\.example$/], credentials: true },
  });
  server = resources.add(await startGatewayApp({ gateway }));
});

afterAll(() => resources.stop());

function connect(
  headers: Record<string, string>,
  auth: Record<string, unknown> = {},
  transport = 'websocket',
): TestClient {
  return resources.add(new TestClient(server.url, { transports: [transport], extraHeaders: headers, auth }));
}

const cookie = (userId: string): string => `theme=dark; session=${signToken(userId)}; other=1`;

describe.each(['websocket', 'polling'])('a token in a cookie, by %s', (transport) => {
  it.each([ALLOWED, 'https://shop.partner.example'])('is taken from a page of %s', async (origin) => {
    const ann = connect({ cookie: cookie('ann'), origin }, {}, transport);
    expect(await ann.received('gateway:ready')).toMatchObject([{ userId: 'ann' }]);
  });

  it('is taken from a page of the own host', async () => {
    const ann = connect({ cookie: cookie('ann'), origin: server.url }, {}, transport);
    expect(await ann.received('gateway:ready')).toMatchObject([{ userId: 'ann' }]);
  });

  it.each([EVIL, 'null', 'https://app.example.com.evil.example', 'https://a.partner.example.evil'])(
    'is not taken from a page of %s',
    async (origin) => {
      const stranger = connect({ cookie: cookie('ann'), origin }, {}, transport);
      expect((await stranger.refused()).data).toEqual({ code: 'ORIGIN_REFUSED' });
    },
  );

  it('is not taken when nobody says which page it was', async () => {
    expect((await connect({ cookie: cookie('ann') }, {}, transport).refused()).data).toEqual({
      code: 'ORIGIN_REFUSED',
    });
  });
});

describe('a token that the page itself sent', () => {
  it('wins over the cookie', async () => {
    const bob = connect({ cookie: cookie('ann'), origin: ALLOWED }, { token: signToken('bob') });
    expect(await bob.received('gateway:ready')).toMatchObject([{ userId: 'bob' }]);
  });

  it('needs no Origin header: programs have none', async () => {
    const bob = connect({}, { token: signToken('bob') });
    expect(await bob.received('gateway:ready')).toMatchObject([{ userId: 'bob' }]);
  });

  it('is not taken from a page that is not allowed', async () => {
    const stranger = connect({ origin: EVIL }, { token: signToken('bob') });
    expect((await stranger.refused()).data).toEqual({ code: 'ORIGIN_REFUSED' });
  });
});

describe('a cookie', () => {
  it('of another name is no token', async () => {
    const stranger = connect({ cookie: `token=${signToken('ann')}`, origin: ALLOWED });
    expect((await stranger.refused()).data).toEqual({ code: 'UNAUTHENTICATED' });
  });

  it('is not read unless its name is configured', async () => {
    const gateway = SocketGatewayModule.forRoot({
      transport: 'local',
      redis: '',
      auth: AUTH,
      cors: { origin: ALLOWED },
    });
    const other = resources.add(await startGatewayApp({ gateway }));
    const extraHeaders = { cookie: cookie('ann'), origin: ALLOWED };
    const stranger = resources.add(new TestClient(other.url, { extraHeaders }));
    expect((await stranger.refused()).data).toEqual({ code: 'UNAUTHENTICATED' });
  });

  it.each([['*'], [true], [['https://a.example', '*']]])(
    'is refused together with cors.origin %j',
    async (origin) => {
      const gateway = SocketGatewayModule.forRoot({
        transport: 'local',
        redis: '',
        auth: { ...AUTH, cookie: 'session' },
        cors: { origin },
      });
      await expect(startGatewayApp({ gateway })).rejects.toMatchObject({
        code: 'INVALID_OPTIONS',
      });
    },
  );
});
