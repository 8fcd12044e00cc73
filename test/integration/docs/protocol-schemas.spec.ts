import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ReadyMessage } from 'nestjs-socket-gateway/contract';
import { io } from 'socket.io-client';
import { startGatewayHarness, type GatewayHarness, type HarnessClient } from '../../../src/testing/index.js';
import { connectClient, type TestClient } from '../../support/connect-client.js';
import { joinedRoom, TOKEN } from '../../support/expected-replies.js';
import { AUTH } from '../../support/gateway-app.js';
import { signToken } from '../../support/sign-token.js';

const folder = new URL('../../../docs/schemas/', import.meta.url);
const CLAIMS = { rooms: ['project:*'] };

/** As a position can look; no room ever had it. */
const FOREIGN = '1700000000000-0.AbCdEfGh1.00000000';

describe('The messages of a server are as the schemas say', () => {
  const schemas = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
  let harness: GatewayHarness;
  let ada: HarnessClient;
  const others: TestClient[] = [];

  beforeAll(async () => {
    for (const file of readdirSync(folder)) {
      schemas.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as object);
    }
    harness = await startGatewayHarness({
      options: { auth: { ...AUTH, defaultRooms: ['news'] } },
      token: (userId, claims) => signToken(String(userId), claims),
    });
    ada = await harness.connect('ada', { claims: CLAIMS });
  });
  afterAll(async () => {
    for (const client of others) client.stop();
    await harness.close();
  });

  /** What is wrong with a message; nothing is expected. */
  const problemsOf = (schema: string, message: unknown): unknown => {
    const validate = schemas.getSchema(`${schema}.schema.json`);
    if (!validate) throw new Error(`There is no schema '${schema}'.`);
    return validate(message) ? [] : validate.errors;
  };

  const request = (event: string, ...args: unknown[]): Promise<unknown> =>
    ada.socket.timeout(5000).emitWithAck(event, ...args) as Promise<unknown>;

  /** Connects another client, which says this when it connects. */
  const connect = async (userId: string, auth: object): Promise<TestClient> => {
    const token = signToken(userId, CLAIMS);
    const client = await connectClient(harness.url, userId, { auth: { token, ...auth } });
    others.push(client);
    return client;
  };

  const roomsOf = (client: TestClient): ReadyMessage['rooms'] => {
    const [ready] = client.payloads('gateway:ready');
    expect(problemsOf('gateway-ready', ready)).toEqual([]);
    return (ready as ReadyMessage).rooms;
  };

  /** Emits so many events to a room, and returns their ids. */
  const emit = async (room: string, count: number): Promise<string[]> => {
    const payloads = Array.from({ length: count }, (_, index) => index);
    const results = await Promise.all(payloads.map((n) => harness.gateway.emitToRoom(room, 'number', n)));
    return results.map((result) => (result as { id: string }).id);
  };

  it('gateway:ready', () => {
    expect(problemsOf('gateway-ready', ada.ready)).toEqual([]);
    expect(ada.ready).toEqual({ userId: 'ada', rooms: [joinedRoom('user:ada'), joinedRoom('news')] });
    expect(problemsOf('gateway-ready', { ...ada.ready, userId: '' })).not.toEqual([]);
    for (const room of [
      { room: 'news', ok: false },
      { room: 'news', ok: true },
      { ...joinedRoom('news'), position: null },
      { ...joinedRoom('news'), position: 7 },
    ]) {
      expect(problemsOf('gateway-ready', { userId: 'ada', rooms: [room] })).not.toEqual([]);
    }
  });

  it('gateway:draining', async () => {
    const ending = await startGatewayHarness({ options: { drainMs: 300 } });
    const eve = await ending.connect('eve');
    const told = eve.next('gateway:draining');
    const closed = ending.app.close();
    expect(problemsOf('gateway-draining', await told)).toEqual([]);
    expect(problemsOf('gateway-draining', { reconnectInMs: '300' })).not.toEqual([]);
    await closed;
    await ending.close();
  });

  it('gateway:auth-expiring, gateway:refresh, its answers, and gateway:disconnecting', async () => {
    const soon = signToken('ada', { exp: Math.floor(Date.now() / 1000) + 4 });
    const client = await connectClient(harness.url, 'ada', { auth: { token: soon } });
    others.push(client);
    const [notice] = await client.received('gateway:auth-expiring');
    expect(problemsOf('gateway-auth-expiring', notice)).toEqual([]);
    const refresh = async (token: unknown): Promise<unknown> => {
      const sent = { token };
      expect(problemsOf('gateway-refresh', sent)).toEqual([]);
      const reply: unknown = await client.socket.emitWithAck('gateway:refresh', sent);
      expect(problemsOf('gateway-refresh-reply', reply)).toEqual([]);
      return reply;
    };
    expect(await refresh(signToken('ada'))).toMatchObject({ ok: true });
    expect(await refresh(signToken('bob'))).toEqual({ ok: false, code: 'WRONG_USER' });
    expect(await refresh('nonsense')).toEqual({ ok: false, code: 'TOKEN_INVALID' });
    await harness.gateway.disconnectUser('ada');
    const [last] = await client.received('gateway:disconnecting');
    expect(problemsOf('gateway-disconnecting', last)).toEqual([]);
    expect(problemsOf('gateway-disconnecting', { code: 'BORED' })).not.toEqual([]);
    ada = await harness.connect('ada', { claims: CLAIMS });
  });

  it('gateway:ready, with the rooms that a client asked for when it connected', async () => {
    const [first] = await emit('project:1', 3);
    const auth = {
      rooms: ['project:2', 'secret'],
      positions: { 'project:1': first },
      for: 'eve',
      rewind: 2,
    };
    expect(problemsOf('connect-auth', { token: 'a.b.c', ...auth })).toEqual([]);
    await emit('project:2', 5);
    const eve = await connect('eve', auth);
    expect(roomsOf(eve)).toEqual([
      joinedRoom('user:eve'),
      joinedRoom('news'),
      { ...joinedRoom('project:2'), replayed: 2 },
      { room: 'secret', ok: false, code: 'ROOM_FORBIDDEN' },
      { ...joinedRoom('project:1'), recovered: true, replayed: 2 },
    ]);
    // What was missed comes before it.
    expect(eve.events.map(({ name }) => name)).toEqual([...Array<string>(4).fill('number'), 'gateway:ready']);
  });

  it.each([
    ['positions that are none', { positions: { 'user:zoe': 'yesterday' } }],
    ['a rewind that is none', { rewind: -1 }],
    ['a rewind that is too far', { rewind: 10_001 }],
  ])('gateway:ready, when a client sent what the schema refuses: %s', async (_, auth) => {
    expect(problemsOf('connect-auth', auth)).not.toEqual([]);
    const [own] = roomsOf(await connect('zoe', auth));
    expect(own).toEqual({ ...joinedRoom('user:zoe'), recovered: false, code: 'INVALID_POSITION' });
  });

  it('gateway:ready, when a client asked for rooms that cannot be ones, or for too many', async () => {
    const rooms = Array.from({ length: 101 }, (_, index) => `project:${index}`);
    expect(problemsOf('connect-auth', { rooms })).not.toEqual([]);
    expect(roomsOf(await connect('max', { rooms })).at(-1)).toEqual({
      room: 'project:100',
      ok: false,
      code: 'TOO_MANY_ROOMS',
    });
    for (const auth of [{ rooms: [''] }, { positions: { '': FOREIGN } }]) {
      expect(problemsOf('connect-auth', auth)).not.toEqual([]);
      const invalid = { room: '', ok: false, code: 'INVALID_ROOM' };
      expect(roomsOf(await connect('max', auth)).at(-1)).toEqual(invalid);
    }
  });

  it('gateway:gap', async () => {
    await emit('project:gap', 2);
    const client = await connect('gus', { positions: { 'project:gap': FOREIGN } });
    const joined = roomsOf(client).find(({ room }) => room === 'project:gap');
    expect(joined).toMatchObject({ ok: true, recovered: false });
    const [gap] = client.payloads('gateway:gap');
    expect(problemsOf('gateway-gap', gap)).toEqual([]);
    expect(gap).toEqual({ room: 'project:gap', reason: 'expired', position: TOKEN });
    expect(problemsOf('gateway-gap', { room: 'project:gap', reason: 'expired' })).not.toEqual([]);
  });

  it('gateway:disconnecting, to a client that sends too much', async () => {
    const client = await connect('ivy', {});
    for (let n = 0; n < 3000; n++) client.socket.emit('flood', n);
    const [closed] = await client.received('gateway:disconnecting', 1, 10_000);
    expect(problemsOf('gateway-disconnecting', closed)).toEqual([]);
    expect(problemsOf('gateway-disconnecting', {})).not.toEqual([]);
  });

  it('gateway:room, which says the same of one room', () => {
    for (const room of ada.ready.rooms) expect(problemsOf('gateway-room', room)).toEqual([]);
    const pending = { room: 'news', ok: true, position: null, recovered: null, replayed: 0, pending: true };
    expect(problemsOf('gateway-room', pending)).toEqual([]);
    expect(problemsOf('gateway-room', { ...pending, position: FOREIGN })).not.toEqual([]);
  });

  it.each([
    ['a room that the token names', { room: 'project:7' }, joinedRoom('project:7')],
    ['a number', { room: 5 }, { ok: false, code: 'ROOM_FORBIDDEN' }],
    ["another user's room", { room: 'user:bob' }, { ok: false, code: 'ROOM_FORBIDDEN' }],
    ['as far back as there is something', { room: 'project:8', rewind: 'all' }, joinedRoom('project:8')],
    ['the oldest position', { room: 'project:9', position: '0-0' }, joinedRoom('project:9')],
    [
      'a position that was lost',
      { room: 'project:10', position: FOREIGN },
      { ...joinedRoom('project:10'), recovered: false },
    ],
  ])('gateway:join and its reply: %s', async (_, message, reply) => {
    expect(problemsOf('gateway-join', message)).toEqual([]);
    const answer = await request('gateway:join', message);
    expect(problemsOf('gateway-reply', answer)).toEqual([]);
    expect(answer).toEqual(reply);
  });

  it.each([
    ['a position that is none', { room: 'project:7', position: 'yesterday' }],
    ['a position that is a number', { room: 'project:7', position: 1_700_000_000_000 }],
    ['a rewind that is none', { room: 'project:7', rewind: 1.5 }],
    ['a rewind that is too far', { room: 'project:7', rewind: 10_001 }],
  ])('a join that the schema refuses is answered with INVALID_POSITION: %s', async (_, message) => {
    expect(problemsOf('gateway-join', message)).not.toEqual([]);
    const answer = await request('gateway:join', message);
    expect(problemsOf('gateway-reply', answer)).toEqual([]);
    expect(answer).toEqual({ ok: false, code: 'INVALID_POSITION' });
  });

  it.each([
    ['an empty name', { room: '' }],
    ['a name that is too long', { room: 'r'.repeat(300) }],
    ['no room', {}],
    ['no object', 'project:7'],
    ['a room that is none', { room: { name: 'project:7' } }],
  ])('a request that the schema refuses is answered with INVALID_ROOM: %s', async (_, message) => {
    for (const event of ['gateway:join', 'gateway:leave']) {
      expect(problemsOf(event.replace(':', '-'), message)).not.toEqual([]);
      const answer = await request(event, message);
      expect(problemsOf('gateway-reply', answer)).toEqual([]);
      expect(answer).toEqual({ ok: false, code: 'INVALID_ROOM' });
    }
  });

  it.each([
    ['a room that it is in', { room: 'project:7' }, { ok: true, room: 'project:7' }],
    ['a room that it is not in', { room: 'elsewhere' }, { ok: true, room: 'elsewhere' }],
    ['its own room', { room: 'user:ada' }, { ok: false, code: 'ROOM_FORBIDDEN' }],
  ])('gateway:leave and its reply: %s', async (_, message, reply) => {
    await request('gateway:join', { room: 'project:7' });
    expect(problemsOf('gateway-leave', message)).toEqual([]);
    const answer = await request('gateway:leave', message);
    expect(problemsOf('gateway-reply', answer)).toEqual([]);
    expect(answer).toEqual(reply);
  });

  it.each([
    ['one id', { room: 'user:ada', id: FOREIGN }, { ok: true, room: 'user:ada' }],
    ['several', { room: 'user:ada', id: [FOREIGN, FOREIGN] }, { ok: true, room: 'user:ada' }],
    ['a room of others', { room: 'user:bob', id: FOREIGN }, { ok: false, code: 'ROOM_FORBIDDEN' }],
  ])('gateway:ack and its reply: %s', async (_, message, reply) => {
    expect(problemsOf('gateway-ack', message)).toEqual([]);
    const answer = await request('gateway:ack', message);
    expect(problemsOf('gateway-reply', answer)).toEqual([]);
    expect(answer).toEqual(reply);
  });

  it.each([
    ['nothing', {}, 'INVALID_ROOM'],
    ['no id', { room: 'user:ada' }, 'INVALID_POSITION'],
    ['text that is no id', { room: 'user:ada', id: 'x' }, 'INVALID_POSITION'],
    [
      'too many ids',
      { room: 'user:ada', id: Array.from({ length: 101 }, () => FOREIGN) },
      'INVALID_POSITION',
    ],
  ])('gateway:ack with %s is refused, and is not as the schema says', async (_, message, code) => {
    expect(problemsOf('gateway-ack', message)).not.toEqual([]);
    expect(await request('gateway:ack', message)).toEqual({ ok: false, code });
  });

  it('an event that is to be acknowledged says so', async () => {
    await harness.gateway.emitToUser('ada', 'asked', 1, { confirm: { withinMs: 1 } });
    await ada.next('asked');
    const { event, args } = ada.received.at(-1) as HarnessClient['received'][number];
    expect(problemsOf('event', [event, ...args])).toEqual([]);
    expect(args[1]).toEqual({ room: 'user:ada', id: expect.any(String) as string, confirm: true });
  });

  describe.each([
    ['live', undefined],
    ['latest', { room: 'user:ada', key: 'import:done' }],
    ['durable', { room: 'user:ada', id: TOKEN }],
  ] as const)('an event of the application that is %s', (delivery, meta) => {
    it.each([
      ['an object', { rows: 3, when: new Date(0) }],
      ['text', 'done'],
      ['nothing', undefined],
    ])('with %s', async (_, payload) => {
      await harness.gateway.emitToUser('ada', 'import:done', payload, { delivery });
      await ada.next('import:done');
      const { event, args } = ada.received.at(-1) as HarnessClient['received'][number];
      expect(problemsOf('event', [event, ...args])).toEqual([]);
      expect(args.slice(1)).toEqual(meta === undefined ? [] : [meta]);
    });
  });

  it.each(['gateway:ready', 'connect', ''])("an event cannot be called '%s'", async (name) => {
    expect(problemsOf('event', [name, null])).not.toEqual([]);
    expect(await harness.gateway.emitToUser('ada', name, null)).toMatchObject({ status: 'failed' });
  });

  it.each([
    ['UNAUTHENTICATED', {}],
    ['TOKEN_INVALID', { token: 'not a token' }],
  ])('connect_error with %s', async (code, auth) => {
    expect(problemsOf('connect-auth', auth)).toEqual([]);
    const refusal = await refusalOf(harness.url, auth);
    expect(problemsOf('connect-error', refusal)).toEqual([]);
    expect(refusal).toEqual({ message: code, data: { code } });
  });
});

/** The payload of the CONNECT_ERROR packet that a client with this `auth` gets. */
function refusalOf(url: string, auth: object): Promise<{ message: string; data: unknown }> {
  const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
  return new Promise((resolve) => {
    socket.once('connect_error', (error: Error & { data?: unknown }) => {
      socket.close();
      resolve({ message: error.message, data: error.data });
    });
  });
}
