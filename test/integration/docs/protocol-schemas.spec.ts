import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { io } from 'socket.io-client';
import { startGatewayHarness, type GatewayHarness, type HarnessClient } from '../../../src/testing/index.js';

const folder = new URL('../../../docs/schemas/', import.meta.url);

describe('The messages of a server are as the schemas say', () => {
  const schemas = new Map<string, ValidateFunction>();
  let harness: GatewayHarness;
  let ada: HarnessClient;

  beforeAll(async () => {
    const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
    for (const file of readdirSync(folder)) {
      const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as object;
      schemas.set(file.replace('.schema.json', ''), ajv.compile(schema));
    }
    harness = await startGatewayHarness({ options: { auth: { defaultRooms: ['news'] } } });
    ada = await harness.connect('ada', { claims: { rooms: ['project:*'] } });
  });
  afterAll(() => harness.close());

  /** What is wrong with a message; nothing is expected. */
  const problemsOf = (schema: string, message: unknown): unknown => {
    const validate = schemas.get(schema);
    if (!validate) throw new Error(`There is no schema '${schema}'.`);
    return validate(message) ? [] : validate.errors;
  };

  const request = (event: string, ...args: unknown[]): Promise<unknown> =>
    ada.socket.timeout(5000).emitWithAck(event, ...args) as Promise<unknown>;

  it('gateway:ready', () => {
    expect(problemsOf('gateway-ready', ada.ready)).toEqual([]);
    expect(ada.ready).toEqual({
      userId: 'ada',
      rooms: [
        { room: 'user:ada', ok: true },
        { room: 'news', ok: true },
      ],
    });
    expect(problemsOf('gateway-ready', { userId: '', rooms: [] })).not.toEqual([]);
    expect(problemsOf('gateway-ready', { userId: 'ada', rooms: [{ room: 'news', ok: false }] })).not.toEqual(
      [],
    );
  });

  it.each([
    ['a room that the token names', { room: 'project:7' }, { ok: true, room: 'project:7' }],
    ['a number', { room: 5 }, { ok: false, code: 'ROOM_FORBIDDEN' }],
    ["another user's room", { room: 'user:bob' }, { ok: false, code: 'ROOM_FORBIDDEN' }],
  ])('gateway:join and its reply: %s', async (_, message, reply) => {
    expect(problemsOf('gateway-join', message)).toEqual([]);
    const answer = await request('gateway:join', message);
    expect(problemsOf('gateway-reply', answer)).toEqual([]);
    expect(answer).toEqual(reply);
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
    ['an object', { rows: 3, when: new Date(0) }],
    ['text', 'done'],
    ['nothing', undefined],
  ])('an event of the application, with %s', async (_, payload) => {
    await harness.gateway.emitToUser('ada', 'import:done', payload);
    await ada.next('import:done');
    const { event, args } = ada.received.at(-1) as HarnessClient['received'][number];
    expect(problemsOf('event', [event, ...args])).toEqual([]);
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
