import { RoomAuthorizer } from 'nestjs-socket-gateway';
import { startLimitedServer, type LimitedServer } from '../../../support/limited-server.js';
import { readyOf } from '../../../support/durable-server.js';
import type { TestClient } from '../../../support/connect-client.js';
import { signToken } from '../../../support/sign-token.js';

let server: LimitedServer;
afterEach(() => server.stop());

const CLAIMS = { rooms: ['room:*'] };

function connect(userId: string, rooms: string[] = []): Promise<TestClient> {
  return server.connect(userId, { auth: { token: signToken(userId, CLAIMS), rooms } });
}

function request(client: TestClient, event: string, room: string): Promise<{ ok: boolean; code?: string }> {
  return client.socket.timeout(10_000).emitWithAck(event, { room }) as Promise<{
    ok: boolean;
    code?: string;
  }>;
}

describe('The rooms of a connection', () => {
  it('are so many at most that its client has joined; leaving one makes room', async () => {
    server = await startLimitedServer({ roomsPerSocket: 2 });
    const ada = await connect('ada');
    for (const room of ['room:1', 'room:2', 'room:2']) {
      expect(await request(ada, 'gateway:join', room)).toMatchObject({ ok: true });
    }
    expect(await request(ada, 'gateway:join', 'room:3')).toEqual({ ok: false, code: 'TOO_MANY_ROOMS' });
    expect(await request(ada, 'gateway:join', 'user:ada')).toMatchObject({ ok: true });
    expect(await request(ada, 'gateway:leave', 'room:1')).toMatchObject({ ok: true });
    expect(await request(ada, 'gateway:join', 'room:3')).toMatchObject({ ok: true });
    expect(server.limited('rooms')).toBe(1);
  });

  it('are so many at most when it names them as it connects', async () => {
    server = await startLimitedServer({ roomsPerSocket: 2 });
    const ada = await connect('ada', ['room:1', 'room:2', 'room:3']);
    expect(readyOf(ada).rooms.slice(1)).toMatchObject([
      { room: 'room:1', ok: true },
      { room: 'room:2', ok: true },
      { room: 'room:3', ok: false, code: 'TOO_MANY_ROOMS' },
    ]);
    expect(await request(ada, 'gateway:join', 'room:4')).toEqual({ ok: false, code: 'TOO_MANY_ROOMS' });
  });

  it('into which the application puts it do not count', async () => {
    server = await startLimitedServer({ roomsPerSocket: 1 });
    const ada = await connect('ada');
    for (let n = 0; n < 5; n++) await server.gateway.joinRoom({ userId: 'ada' }, `room:${n}`);
    expect(await request(ada, 'gateway:join', 'room:4')).toMatchObject({ ok: true });
    expect(await request(ada, 'gateway:join', 'room:own')).toMatchObject({ ok: true });
    expect(await request(ada, 'gateway:join', 'room:more')).toEqual({ ok: false, code: 'TOO_MANY_ROOMS' });
  });
});

describe('Joins and leaves', () => {
  it('wait for their turn, so many at most', async () => {
    let decide = (): void => undefined;
    const decided = new Promise<boolean>((resolve) => (decide = () => resolve(true)));
    class LateAuthorizer extends RoomAuthorizer {
      mayJoin(): Promise<boolean> {
        return decided;
      }
    }
    server = await startLimitedServer({ joinsInFlight: 3 }, { classes: { authorizer: LateAuthorizer } });
    const ada = await connect('ada');
    const joins = Array.from({ length: 20 }, (_, n) => request(ada, 'gateway:join', `room:${n}`));
    expect(await Promise.all(joins.slice(3))).toEqual(Array(17).fill({ ok: false, code: 'TOO_MANY_JOINS' }));
    expect(server.limited('joins')).toBe(17);
    decide();
    expect(await Promise.all(joins.slice(0, 3))).toMatchObject(Array(3).fill({ ok: true }));
  });
});
