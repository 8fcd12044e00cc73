import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../support/wait-for.js';
import { ClientFixture, deferred, untilState } from './support/client-fixture.js';
import { joined, ScriptedGateway } from './support/scripted-gateway.js';

const giveToken = (): string => 'token';

let fixture: ClientFixture;
beforeEach(async () => (fixture = await ClientFixture.start()));
afterEach(() => fixture.stop());

describe('A client', () => {
  it('connects by itself, and is ready when the server says so', async () => {
    const client = fixture.connect({ rooms: ['news'], rewind: 5 });
    const states: string[] = [];
    client.onState((state) => states.push(state));
    const connection = await fixture.gateway.connection(1);
    expect(connection.auth).toEqual({ token: 'token of ada', rooms: ['news'], positions: {}, rewind: 5 });
    await waitFor('the socket to be connected', () => client.socket.connected);
    expect([client.state, client.userId]).toEqual(['connecting', undefined]);
    connection.ready([joined('user:ada', 'p'), joined('news', 'q')]);
    await untilState(client, 'ready');
    expect([client.userId, client.positions]).toEqual(['ada', { 'user:ada': 'p', news: 'q' }]);
    expect(states).toEqual(['ready']);
  });

  it('waits for the end of the macrotask, so that handlers of that time miss no live event', async () => {
    fixture.gateway.onConnection = (connection) => connection.live('tick', 1).ready();
    const client = fixture.connect();
    expect(client.socket.active).toBe(false);
    await Promise.resolve();
    const ticks = fixture.collect(client, 'tick');
    await untilState(client, 'ready');
    expect(ticks).toEqual([1]);
  });

  it('waits for start() when it is told to, and starts once', async () => {
    fixture.gateway.onConnection = (connection) => connection.ready();
    const client = fixture.connect({ autoStart: false });
    expect(client.state).toBe('idle');
    client.start();
    client.start();
    await untilState(client, 'ready');
    client.start();
    expect([fixture.gateway.attemptCount, client.state]).toEqual([1, 'ready']);
  });

  it('sends no token when it has none', async () => {
    fixture.connect({ token: undefined });
    const { auth } = await fixture.gateway.connection(1);
    expect(auth).toEqual({ rooms: [], positions: {} });
  });

  it('asks the token function at every attempt', async () => {
    let asked = 0;
    const client = fixture.connect({ token: () => Promise.resolve(`token ${++asked}`) });
    (await fixture.gateway.connection(1)).ready().cut();
    expect((await fixture.gateway.connection(2)).auth.token).toBe('token 2');
    expect(client.state).toBe('connecting');
  });

  it('uses only the token of the latest attempt, when one comes late', async () => {
    const first = deferred();
    let asked = 0;
    const client = fixture.connect({
      token: () => (++asked === 1 ? first.promise.then(() => 'late') : 'new'),
    });
    await waitFor('the function to be asked', () => asked === 1);
    client.socket.io.engine.close();
    const { auth } = await fixture.gateway.connection(1);
    first.resolve();
    expect(auth.token).toBe('new');
    (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    expect(fixture.gateway.connections).toHaveLength(1);
  });

  it.each<[string, () => Promise<string>]>([
    ['rejects', () => Promise.reject(new Error('no network'))],
    [
      'throws',
      () => {
        throw new Error('no network');
      },
    ],
  ])('asks again when the token function %s, and reports it', async (_, fail) => {
    fixture.gateway.onConnection = (connection) => connection.ready();
    let asked = 0;
    const client = fixture.connect({ token: () => (++asked < 3 ? fail() : 'token') });
    await untilState(client, 'ready');
    expect(fixture.codes).toEqual(['TOKEN_FAILED', 'TOKEN_FAILED']);
    expect(fixture.errors[0]?.cause).toEqual(new Error('no network'));
  });

  it('stays closed when it is closed by who is told that its token function has failed', async () => {
    let asked = 0;
    const client = fixture.connect({
      token: () => (asked++ > 0 ? 'token' : Promise.reject(new Error('no network'))),
      onError: () => client.close(),
    });
    await untilState(client, 'closed');
    await delay(200);
    expect([client.state, asked, fixture.gateway.attemptCount]).toEqual(['closed', 1, 0]);
  });

  it.each([
    ['connecting', 0],
    ['offline', 1],
  ] as const)('stays closed when it is closed by who is told that it is %s', async (closing, attempts) => {
    fixture.gateway.onConnection = (connection) =>
      connection.ready().socket.emit('gateway:draining', { reconnectInMs: 0 });
    const client = fixture.connect({ autoStart: false });
    const states: string[] = [];
    client.onState((state) => {
      states.push(state);
      if (state === closing) client.close();
    });
    client.start();
    await untilState(client, 'closed');
    await delay(200);
    expect([client.state, states.at(-1), fixture.gateway.attemptCount]).toEqual([
      'closed',
      'closed',
      attempts,
    ]);
  });

  it('stays closed when it is closed by who is told that a room is refused', async () => {
    const client = fixture.connect({ rooms: ['a'], onError: () => client.close() });
    (await fixture.gateway.connection(1)).ready([{ room: 'a', ok: false, code: 'ROOM_FORBIDDEN' }]);
    await untilState(client, 'closed');
    await delay(200);
    expect(client.state).toBe('closed');
    await expect(client.join('b')).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('goes on trying, whatever it is told of a number of attempts', async () => {
    const port = Number(new URL(fixture.gateway.url).port);
    const client = fixture.connect({
      autoStart: false,
      socketOptions: { reconnectionAttempts: 2 } as object,
    });
    await fixture.gateway.stop();
    client.start();
    await untilState(client, 'offline');
    await delay(200);
    fixture.gateway = await ScriptedGateway.start(port);
    (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
  });

  it.each(['UNAUTHENTICATED', 'TOKEN_INVALID', 'ORIGIN_REFUSED'] as const)(
    'is refused by %s until it is started again',
    async (code) => {
      fixture.gateway.refusals.push(code);
      fixture.gateway.onConnection = (connection) => connection.ready();
      const client = fixture.connect({ token: () => 'token' });
      await untilState(client, 'refused');
      expect(client.refusal).toMatchObject({ name: 'GatewayClientError', code });
      expect(fixture.codes).toEqual([code]);
      client.start();
      await untilState(client, 'ready');
      expect(client.refusal).toBeUndefined();
    },
  );

  it('is refused by what the application refuses, with what it says', async () => {
    fixture.gateway.refusals.push('OTHER');
    const client = fixture.connect();
    await untilState(client, 'refused');
    expect(client.refusal?.code).toBe('REFUSED');
    expect((client.refusal?.cause as Error).message).toBe('OTHER');
  });

  it.each([
    ['TOKEN_EXPIRED', 'of a function', giveToken],
    ['AUTH_UNAVAILABLE', 'of a function', giveToken],
    ['AUTH_UNAVAILABLE', 'that is fixed', 'token'],
    ['SERVER_DRAINING', 'that is fixed', 'token'],
  ] as const)('tries again after %s with a token %s', async (code, _, token) => {
    fixture.gateway.refusals.push(code, code, code);
    fixture.gateway.onConnection = (connection) => connection.ready();
    const client = fixture.connect({ token });
    const states: string[] = [];
    client.onState((state) => states.push(state));
    await untilState(client, 'ready');
    expect(fixture.gateway.attemptCount).toBe(4);
    expect(states).toEqual(['offline', 'connecting', 'ready']);
    expect(fixture.codes).toEqual([]);
  });

  it('is refused when a fixed token has expired', async () => {
    fixture.gateway.refusals.push('TOKEN_EXPIRED');
    const client = fixture.connect();
    await untilState(client, 'refused');
    expect(client.refusal?.code).toBe('TOKEN_EXPIRED');
  });

  it('does not come back when the server has ended the connection on purpose, until it is started', async () => {
    const client = fixture.connect({ token: () => 'token' });
    const connection = (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    connection.socket.disconnect(true);
    await untilState(client, 'refused');
    expect([client.refusal?.code, client.socket.active]).toEqual(['DISCONNECTED', false]);
    client.start();
    (await fixture.gateway.connection(2)).ready();
    await untilState(client, 'ready');
  });

  it('is offline while the server cannot be reached, and comes back by itself', async () => {
    const client = fixture.connect();
    const states: string[] = [];
    client.onState((state) => states.push(state));
    (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    (await fixture.gateway.connection(1)).cut();
    (await fixture.gateway.connection(2)).ready();
    await untilState(client, 'ready');
    expect(states).toEqual(['ready', 'offline', 'connecting', 'ready']);
  });

  it('is closed for ever, also before it has begun', async () => {
    const client = fixture.connect();
    client.close();
    expect(client.state).toBe('closed');
    expect(() => client.start()).toThrow('has been closed');
    await expect(client.join('news')).rejects.toMatchObject({ code: 'CLOSED' });
    const other = fixture.connect();
    (await fixture.gateway.connection(1)).ready();
    await untilState(other, 'ready');
    expect(fixture.gateway.attemptCount).toBe(1);
    other.close();
    other.close();
    expect([other.state, other.socket.connected]).toEqual(['closed', false]);
  });

  it('goes on when a handler of onState, or onError itself, throws', async () => {
    const client = fixture.connect();
    client.onState(() => {
      throw new Error('of the application');
    });
    (await fixture.gateway.connection(1)).ready();
    await untilState(client, 'ready');
    expect(fixture.codes).toEqual(['HANDLER_FAILED']);
  });

  it('leaves other sockets of the application alone', async () => {
    const client = fixture.connect();
    const other = fixture.connect();
    await fixture.gateway.connection(2);
    expect(client.socket.io).not.toBe(other.socket.io);
  });
});
