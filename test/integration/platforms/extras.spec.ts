import { Injectable, Module } from '@nestjs/common';
import {
  RefusedError,
  RoomAuthorizer,
  SocketAuthenticator,
  SocketGatewayModule,
  type AuthenticatedUser,
  type SocketGatewayExtras,
} from 'nestjs-socket-gateway';
import type { Socket } from 'socket.io';
import { TestClient } from '../../support/connect-client.js';
import { AUTH, startGatewayApp, type GatewayApp } from '../../support/gateway-app.js';
import { joinedRoom } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';

@Injectable()
class SessionStore {
  readonly #sessions = new Map([['cookie-of-ann', 'ann']]);

  async userOf(session: unknown): Promise<string | undefined> {
    await Promise.resolve();
    if (session === 'broken') throw new Error('the store is away: broken');
    return this.#sessions.get(String(session));
  }
}

@Injectable()
class Memberships {
  isMember(userId: string, room: string): boolean {
    if (room === 'unknowable') throw new Error('the database is away');
    return room === `team-of-${userId}`;
  }
}

@Module({ providers: [SessionStore, Memberships], exports: [SessionStore, Memberships] })
class UsersModule {}

@Injectable()
class SessionAuthenticator extends SocketAuthenticator {
  constructor(private readonly sessions: SessionStore) {
    super();
  }

  override async authenticate({ handshake }: Socket): Promise<AuthenticatedUser> {
    const id = await this.sessions.userOf(handshake.auth['token']);
    if (id === undefined) throw new RefusedError('UNAUTHENTICATED', 'no such session');
    return { id, claims: { from: 'session' } };
  }
}

@Injectable()
class TeamAuthorizer extends RoomAuthorizer {
  constructor(private readonly memberships: Memberships) {
    super();
  }

  override mayJoin(user: AuthenticatedUser, room: string): boolean {
    return this.memberships.isMember(user.id, room);
  }
}

const extras = {
  imports: [UsersModule],
  authenticator: SessionAuthenticator,
  authorizer: TeamAuthorizer,
} satisfies SocketGatewayExtras;

describe.each([
  {
    how: 'forRoot',
    gateway: () => SocketGatewayModule.forRoot({ transport: 'local', redis: '', ...extras }),
  },
  {
    how: 'forRootAsync',
    gateway: () =>
      SocketGatewayModule.forRootAsync({ ...extras, useFactory: () => ({ transport: 'local', redis: '' }) }),
  },
])('an authenticator and an authorizer of the application, by $how', ({ gateway }) => {
  const resources = new Resources();
  let server: GatewayApp;

  beforeAll(async () => {
    server = resources.add(await startGatewayApp({ gateway: gateway() }));
  });

  afterAll(() => resources.stop());

  const connect = (token: string): Promise<TestClient> => server.open('', '', { auth: { token } });

  it('decide who the user is, with what they have injected', async () => {
    const ann = await connect('cookie-of-ann');
    expect(await ann.received('gateway:ready')).toMatchObject([{ userId: 'ann' }]);
    await server.gateway.emitToUser('ann', 'hello', 1);
    expect(await ann.received('hello')).toEqual([1]);
  });

  it.each([
    ['nonsense', 'UNAUTHENTICATED'],
    // A good token of the default authenticator is nothing to this one.
    [signToken('ann'), 'UNAUTHENTICATED'],
    ['broken', 'TOKEN_INVALID'],
  ])('refuse the token %s with %s', async (token, code) => {
    const stranger = resources.add(new TestClient(server.url, { auth: { token } }));
    expect((await stranger.refused()).data).toEqual({ code });
  });

  it.each([
    ['team-of-ann', joinedRoom('team-of-ann')],
    ['user:ann', joinedRoom('user:ann')],
    ['team-of-bob', { ok: false, code: 'ROOM_FORBIDDEN' }],
    ['unknowable', { ok: false, code: 'UNAVAILABLE' }],
  ])('decide about the room %s', async (room, answer) => {
    const ann = await connect('cookie-of-ann');
    expect(await ann.socket.timeout(5000).emitWithAck('gateway:join', { room })).toEqual(answer);
  });
});

describe('one of the two alone', () => {
  const resources = new Resources();

  afterAll(() => resources.stop());

  it('an authorizer goes with the default authenticator', async () => {
    const gateway = SocketGatewayModule.forRoot({
      transport: 'local',
      redis: '',
      auth: AUTH,
      imports: [UsersModule],
      authorizer: TeamAuthorizer,
    });
    const server = resources.add(await startGatewayApp({ gateway }));
    const token = signToken('ann', { rooms: ['named-in-the-token'] });
    const ann = await server.open('', 'ann', { auth: { token } });
    const join = (room: string): Promise<unknown> =>
      ann.socket.timeout(5000).emitWithAck('gateway:join', { room });
    expect(await join('team-of-ann')).toEqual(joinedRoom('team-of-ann'));
    expect(await join('named-in-the-token')).toEqual({ ok: false, code: 'ROOM_FORBIDDEN' });
  });

  it('without either, and without keys, the application does not start', async () => {
    const gateway = SocketGatewayModule.forRoot({ transport: 'local', redis: '' });
    await expect(startGatewayApp({ gateway })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
    });
  });
});
