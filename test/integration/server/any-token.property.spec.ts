import { generateKeyPairSync, randomBytes, type KeyPairKeyObjectResult } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import fc from 'fast-check';
import { RedisIoAdapter, SocketGatewayModule, type JwtHeader } from 'nestjs-socket-gateway';
import { startGatewayHarness, type GatewayHarness } from 'nestjs-socket-gateway/testing';
import type { Namespace } from 'socket.io';
import { io } from 'socket.io-client';

const rsa = asPem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = asPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
const stranger = asPem(generateKeyPairSync('rsa', { modulusLength: 2048 }));
const secret = randomBytes(32).toString('hex');

/** A kid for each kind of key: what the verifying side looks up. */
const KEYS: Record<string, string> = { hs: secret, rs: rsa.publicKey, es: ec.publicKey };
const SIGNERS = {
  hs: ['HS256', secret],
  rs: ['RS256', rsa.privateKey],
  es: ['ES256', ec.privateKey],
} as const;

const ISSUER = 'https://login.example.com';
const AUDIENCE = 'browser';
const jwt = new JwtService();

type Claims = Record<string, unknown>;

function sign(kid: keyof typeof SIGNERS, claims: Claims, key?: string): string {
  const [algorithm, own] = SIGNERS[kid];
  const complete = { iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60), ...claims };
  const present: Claims = Object.fromEntries(
    Object.entries<unknown>(complete).filter(([, value]) => value !== undefined),
  );
  return jwt.sign(present, {
    algorithm,
    secret: key ?? own,
    header: { alg: algorithm, kid },
    allowInvalidAsymmetricKeyTypes: true,
  });
}

function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

function unsigned(header: object, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.`;
}

function asPem({ publicKey, privateKey }: KeyPairKeyObjectResult): { publicKey: string; privateKey: string } {
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

let harness: GatewayHarness;

beforeAll(async () => {
  harness = await startGatewayHarness({
    application: SocketGatewayModule.forRoot({
      transport: 'local',
      redis: '',
      auth: {
        jwt: {
          keyProvider: ({ kid }: JwtHeader) => (kid === undefined ? undefined : KEYS[kid]),
          algorithms: ['HS256', 'RS256', 'ES256'],
          issuer: ISSUER,
          audience: [AUDIENCE],
        },
      },
    }),
    token: () => '',
  });
});

afterAll(async () => {
  await harness.close();
});

/** Connects once; what came of it, and in which rooms the server then has the socket. */
async function connect(token: unknown): Promise<{ rooms: string[] } | { code: unknown; data: unknown }> {
  const socket = io(harness.url, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  try {
    return await new Promise((resolve) => {
      // A refusal closes the connection too, in the same moment in which it is reported.
      socket.io.on('close', () => setImmediate(() => resolve({ code: 'CLOSED', data: undefined })));
      socket.on('connect_error', (error: Error & { data?: { code?: unknown } }) =>
        resolve({ code: error.data?.code, data: error.data }),
      );
      socket.on('gateway:ready', () => {
        const rooms = namespaceOf(harness).sockets.get(socket.id ?? '')?.rooms ?? new Set();
        resolve({ rooms: [...rooms].filter((room) => room !== socket.id) });
      });
    });
  } finally {
    socket.close();
  }
}

function namespaceOf({ app }: GatewayHarness): Namespace {
  const namespace = app.get(RedisIoAdapter).namespace;
  if (!namespace) throw new Error('the gateway has no namespace');
  return namespace;
}

const kids = fc.constantFrom<keyof typeof SIGNERS>('hs', 'rs', 'es');

/** What a token may name as its user, beside what a name in a room may not have. */
const userIds = fc.oneof(
  fc.integer(),
  fc
    .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
    .filter((id) => !/\p{Cc}|\p{Cs}/u.test(id) && Buffer.byteLength(id.normalize('NFC')) <= 256),
  fc.constantFrom('*', 'user:1', '#', '{a}', '[a-z]', 'ä'.repeat(128), '__proto__', 'constructor'),
);

it('any valid token joins exactly the room of its user', async () => {
  await fc.assert(
    fc.asyncProperty(kids, userIds, async (kid, sub) => {
      const outcome = await connect(sign(kid, { sub }));
      expect(outcome).toEqual({ rooms: [`user:${String(sub).normalize('NFC')}`] });
    }),
    { numRuns: 150 },
  );
});

/** Everything that must not be taken for a token, each kind with the code that its client sees. */
const invalidTokens: fc.Arbitrary<{ kind: string; token: unknown; code: string }> = kids.chain((kid) =>
  fc.constantFrom(
    { kind: 'missing', token: undefined, code: 'UNAUTHENTICATED' },
    { kind: 'null', token: null, code: 'UNAUTHENTICATED' },
    { kind: 'empty', token: '', code: 'UNAUTHENTICATED' },
    { kind: 'an object', token: { toString: 'x' }, code: 'TOKEN_INVALID' },
    { kind: 'an array', token: [sign(kid, { sub: 'a' })], code: 'TOKEN_INVALID' },
    { kind: 'no token at all', token: 'not.a.token', code: 'TOKEN_INVALID' },
    { kind: '90 KB', token: 'a'.repeat(90_000), code: 'TOKEN_INVALID' },
    // Larger than any packet may be: the connection ends before there is a token to look at.
    { kind: '1 MB', token: 'a'.repeat(1_000_000), code: 'CLOSED' },
    { kind: 'expired', token: sign(kid, { sub: 'a', exp: inSeconds(-5) }), code: 'TOKEN_EXPIRED' },
    { kind: 'without exp', token: sign(kid, { sub: 'a', exp: undefined }), code: 'TOKEN_INVALID' },
    { kind: 'not yet valid', token: sign(kid, { sub: 'a', nbf: inSeconds(60) }), code: 'TOKEN_INVALID' },
    {
      kind: 'of another issuer',
      token: sign(kid, { sub: 'a', iss: 'https://evil.example' }),
      code: 'TOKEN_INVALID',
    },
    { kind: 'without issuer', token: sign(kid, { sub: 'a', iss: undefined }), code: 'TOKEN_INVALID' },
    { kind: 'for another audience', token: sign(kid, { sub: 'a', aud: 'api' }), code: 'TOKEN_INVALID' },
    { kind: 'without subject', token: sign(kid, {}), code: 'TOKEN_INVALID' },
    { kind: 'with an empty subject', token: sign(kid, { sub: '' }), code: 'TOKEN_INVALID' },
    { kind: 'with an oversized subject', token: sign(kid, { sub: 'x'.repeat(257) }), code: 'TOKEN_INVALID' },
    { kind: 'with an object as subject', token: sign(kid, { sub: { id: 1 } }), code: 'TOKEN_INVALID' },
    { kind: 'with control characters', token: sign(kid, { sub: 'a\nb' }), code: 'TOKEN_INVALID' },
    { kind: 'of a wrong secret', token: sign('hs', { sub: 'a' }, 'another'), code: 'TOKEN_INVALID' },
    { kind: 'of a wrong key', token: sign('rs', { sub: 'a' }, stranger.privateKey), code: 'TOKEN_INVALID' },
    {
      kind: 'unsigned',
      token: unsigned({ alg: 'none' }, { sub: 'a', exp: inSeconds(60) }),
      code: 'TOKEN_INVALID',
    },
    {
      kind: 'unsigned with a key id',
      token: unsigned({ alg: 'none', kid }, { sub: 'a', exp: inSeconds(60) }),
      code: 'TOKEN_INVALID',
    },
    { kind: 'signed with the public key as secret', token: confused(), code: 'TOKEN_INVALID' },
    { kind: 'of an unknown key', token: withUnknownKey(), code: 'TOKEN_INVALID' },
  ),
);

/** HS256 with the text of the public key as its secret, under the key id of that public key. */
function confused(): string {
  return jwt.sign(
    { sub: 'a', iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60) },
    { secret: Buffer.from(rsa.publicKey), header: { alg: 'HS256', kid: 'rs' } },
  );
}

function withUnknownKey(): string {
  return jwt.sign(
    { sub: 'a', iss: ISSUER, aud: AUDIENCE, exp: inSeconds(60) },
    { secret, header: { alg: 'HS256', kid: '__proto__' } },
  );
}

it('any invalid token is refused with its code and no detail, and joins nothing', async () => {
  await fc.assert(
    fc.asyncProperty(invalidTokens, async ({ kind, token, code }) => {
      const before = namespaceOf(harness).adapter.rooms.size;
      expect({ kind, ...(await connect(token)) }).toEqual({
        kind,
        code,
        data: code === 'CLOSED' ? undefined : { code },
      });
      expect(namespaceOf(harness).adapter.rooms.size).toBeLessThanOrEqual(before);
    }),
    { numRuns: 120 },
  );
}, 60_000);

it('a token of which any one character is changed is refused', async () => {
  const token = sign('hs', { sub: 'a' });
  const flip = fc.tuple(
    fc.nat(token.length - 2),
    fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '-', '_', '.'),
  );
  await fc.assert(
    fc.asyncProperty(flip, async ([index, character]) => {
      fc.pre(token[index] !== character);
      const outcome = await connect(token.slice(0, index) + character + token.slice(index + 1));
      expect(outcome).toHaveProperty('code', 'TOKEN_INVALID');
    }),
    { numRuns: 100 },
  );
});
