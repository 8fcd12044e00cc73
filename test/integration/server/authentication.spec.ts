import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import { startServerApplication } from '../../support/applications.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { TestClient } from '../../support/connect-client.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { joinedRoom } from '../../support/expected-replies.js';
import { Resources } from '../../support/resources.js';
import { signToken, TEST_SECRET } from '../../support/sign-token.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
const perTest = new Resources();
const logger = new RecordingLogger();
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
let server: GatewayApp;
let rsaServer: GatewayApp;

beforeAll(async () => {
  server = await startServerApplication(resources, { transport: 'local', redis: '' }, { logger });
  rsaServer = await startServerApplication(
    resources,
    { transport: 'local', redis: '', auth: { jwt: { publicKey, algorithms: ['RS256'] } } },
    { logger },
  );
});
beforeEach(() => {
  logger.lines.length = 0;
});
afterEach(() => perTest.stop());
afterAll(() => resources.stop());

const now = (): number => Math.floor(Date.now() / 1000);

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token that is put together by hand, as an attacker would. */
function forge(header: object, claims: object, key?: string): string {
  const content = `${base64(header)}.${base64(claims)}`;
  return `${content}.${key === undefined ? '' : createHmac('sha256', key).update(content).digest('base64url')}`;
}

function open(auth: object, url = server.url, options: object = {}): TestClient {
  return perTest.add(new TestClient(url, { auth: auth, ...options }));
}

async function expectRefused(client: TestClient, code: string): Promise<void> {
  const error = await client.refused();
  expect(error.message).toBe(code);
  // Nothing else: no reason that helps to find a better token.
  expect(error.data).toEqual({ code });
  await server.gateway.broadcast('secret', 1);
  await rsaServer.gateway.broadcast('secret', 1);
  const accepted = perTest.add(await server.connect(randomUUID()));
  await server.gateway.broadcast('settled', 1);
  await accepted.received('settled');
  expect(client.events).toEqual([]);
}

describe('A socket is let in', () => {
  it('with a token in auth.token, into exactly its own room and its user', async () => {
    const ann = perTest.add(await server.connect('ann'));
    expect(ann.payloads('gateway:ready')).toEqual([{ userId: 'ann', rooms: [joinedRoom('user:ann')] }]);
    const { namespace } = server.app.get(RedisIoAdapter);
    const rooms = namespace?.sockets.get(ann.socket.id as string)?.rooms;
    expect([...(rooms ?? [])].sort()).toEqual([ann.socket.id, 'user:ann'].sort());
  });

  it('with a token in the Authorization header', async () => {
    const client = open({}, server.url, { extraHeaders: { authorization: `Bearer ${signToken('bob')}` } });
    expect(await client.received('gateway:ready')).toMatchObject([{ userId: 'bob' }]);
  });

  it('with a token of the public key', async () => {
    const token = new JwtService().sign({ sub: 'ann', exp: now() + 60 }, { privateKey, algorithm: 'RS256' });
    expect(await open({ token }, rsaServer.url).received('gateway:ready')).toMatchObject([{ userId: 'ann' }]);
  });
});

describe('A socket is refused as UNAUTHENTICATED', () => {
  it.each([
    ['it sends nothing', {}, {}],
    ['its token is empty', { token: '' }, {}],
    ['its token is null', { token: null }, {}],
    [
      'its token is in the query string',
      {},
      { query: { token: signToken('ann'), access_token: signToken('ann') } },
    ],
    ['its header is of another scheme', {}, { extraHeaders: { authorization: `Basic ${signToken('ann')}` } }],
    ['its header has no token', {}, { extraHeaders: { authorization: 'Bearer ' } }],
  ])('when %s', async (_, auth, options) => {
    await expectRefused(open(auth, server.url, options), 'UNAUTHENTICATED');
  });
});

describe('A socket is refused as TOKEN_EXPIRED', () => {
  it('when its token was good once', async () => {
    await expectRefused(open({ token: signToken('ann', { exp: now() - 1 }) }), 'TOKEN_EXPIRED');
  });
});

describe('A socket is refused as TOKEN_INVALID', () => {
  const claims = { sub: 'ann', exp: now() + 3600 };
  const hs = { alg: 'HS256', typ: 'JWT' };

  it.each<[string, unknown]>([
    ['is no token', 'no token'],
    ['has three empty parts', '..'],
    ['is an object', { token: signToken('ann') }],
    ['is an array', [signToken('ann')]],
    ['is a number', 5],
    ['is as long as a packet may be', 'x'.repeat(100_000 - 100)],
    ['is signed by another key', forge(hs, claims, 'another key')],
    ['is signed by no key', forge(hs, claims)],
    ['says alg none', forge({ alg: 'none' }, claims)],
    ['says alg NoNe, with a signature', forge({ alg: 'NoNe' }, claims, TEST_SECRET)],
    ['says an algorithm that is not allowed', forge({ alg: 'HS512' }, claims, TEST_SECRET)],
    ['says an algorithm that is no string', forge({ alg: ['HS256'] }, claims, TEST_SECRET)],
    ['is not valid yet', signToken('ann', { nbf: now() + 600 })],
    ['never expires', forge(hs, { sub: 'ann' }, TEST_SECRET)],
    ['expires at no time', forge(hs, { sub: 'ann', exp: 'never' }, TEST_SECRET)],
    ['names no user', forge(hs, { exp: claims.exp }, TEST_SECRET)],
    ['names an empty user', forge(hs, { ...claims, sub: '' }, TEST_SECRET)],
    ['names a user by an object', forge(hs, { ...claims, sub: { id: 'ann' } }, TEST_SECRET)],
    ['names a user of 257 bytes', forge(hs, { ...claims, sub: 'u'.repeat(257) }, TEST_SECRET)],
    ['names a user with a control character', forge(hs, { ...claims, sub: 'a\nb' }, TEST_SECRET)],
    ['has claims that are no object', `${base64(hs)}.${base64('ann')}.`],
  ])('when its token %s', async (_, token) => {
    await expectRefused(open({ token }), 'TOKEN_INVALID');
    // A cause is logged at most once in 10 s: only a server of its own logs this one for sure.
    const own = await startServerApplication(perTest, { transport: 'local', redis: '' }, { logger });
    logger.lines.length = 0;
    await open({ token }, own.url).refused();
    expect(logger.lines).toEqual([
      expect.stringMatching(/^warn: A connection was refused with TOKEN_INVALID: ./),
    ]);
    const parts = typeof token === 'string' ? [token, ...token.split('.')] : [signToken('ann')];
    for (const part of parts.filter(({ length }) => length > 8)) expect(logger.output).not.toContain(part);
  });

  it('when its token was signed with the public key as if it were a secret', async () => {
    await expectRefused(open({ token: forge(hs, claims, publicKey) }, rsaServer.url), 'TOKEN_INVALID');
    await expectRefused(
      open({ token: forge({ alg: 'RS256' }, claims, publicKey) }, rsaServer.url),
      'TOKEN_INVALID',
    );
  });
});

describe('What a refused client leaves behind', () => {
  it('is the reason in the log, and never the token', async () => {
    const own = await startServerApplication(perTest, { transport: 'local', redis: '' }, { logger });
    const tokens = [signToken('ann', { exp: now() - 1 }), forge({ alg: 'HS256' }, { sub: 'ann' }, 'wrong')];
    for (const token of tokens) await open({ token }, own.url).refused();
    await open({}, own.url, { query: { token: tokens[0] } }).refused();
    await waitFor('three reasons', () => logger.with('refused').length === 3);
    expect(logger.output).toMatch(/TOKEN_EXPIRED: the token has expired/);
    expect(logger.output).toMatch(/TOKEN_INVALID: invalid signature/);
    expect(logger.output).toMatch(/UNAUTHENTICATED: no token was sent/);
    for (const part of tokens.flatMap((token) => token.split('.'))) expect(logger.output).not.toContain(part);
  });

  it('is no socket in any room', async () => {
    const { namespace } = server.app.get(RedisIoAdapter);
    const before = namespace?.sockets.size;
    const refused = Array.from({ length: 20 }, () => open({ token: 'no token' }));
    await Promise.all(refused.map((client) => client.refused()));
    expect(namespace?.sockets.size).toBe(before);
    expect(namespace?.adapter.rooms.has('user:ann')).toBe(false);
  });
});
