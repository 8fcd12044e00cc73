import fc from 'fast-check';
import { isGatewayError } from 'nestjs-socket-gateway';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { published } from '../../support/expected-replies.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';

const resources = new Resources();
let emitters: [string, Hostile][];

/** The emitters' methods, for arguments that their types would not let pass. */
type Hostile = Record<
  'emitToUser' | 'emitToUsers' | 'emitToRoom' | 'broadcast',
  (...args: unknown[]) => Promise<unknown>
>;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  const options = { redis: redis.url, prefix: 'never-rejects', emitTimeoutMs: 2000 };
  const worker = await startWorkerApplication(resources, options);
  const server = await startServerApplication(resources, options);
  emitters = [
    ['WorkerEmitter', worker.emitter as Hostile],
    ['SocketGateway', server.gateway as Hostile],
  ];
});
afterAll(() => resources.stop());

function thrower(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** An object, or array, that throws whatever is done to it. */
function untouchable(target: object): object {
  const handler = Object.fromEntries(
    ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [
      trap,
      thrower(new TypeError('touched')),
    ]),
  );
  return new Proxy(target, handler);
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown;

const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  NaN,
  Infinity,
  -0,
  10n,
  Symbol('s'),
  () => 1,
  class {
    member = 1;
  },
  new Map([[1, 2]]),
  new Set([1]),
  new WeakMap(),
  Buffer.from('x'),
  new Uint8Array(3),
  new ArrayBuffer(3),
  new Date(NaN),
  new Error('e'),
  Promise.resolve(),
  /x/,
  circular,
  deep,
  [],
  [undefined],
  // eslint-disable-next-line no-sparse-arrays -- as an application may make it
  [, 'a'],
  {},
  { toJSON: thrower(new Error('no')) },
  { toJSON: thrower(untouchable({})) },
  { toJSON: thrower(null) },
  { toJSON: () => undefined },
  Object.defineProperty({}, 'x', { enumerable: true, get: thrower(revoked({})) }),
  Object.create(null),
  { except: untouchable([]) },
  { except: revoked([]) },
  { except: [Symbol('s')] },
  { except: [] },
  { delivery: 'durable' },
  { delivery: 'live' },
  { delivery: 'latest' },
  { delivery: 'latest', key: 'k' },
  { delivery: 'live', key: 'k' },
  { dedupeKey: 'd' },
  { clears: 'k' },
  { clears: revoked([]) },
  { dedupeKey: untouchable({}) },
  { key: Symbol('s'), delivery: 'latest' },
  { delivery: untouchable({}) },
  revoked({}),
  revoked([]),
  untouchable({}),
  untouchable([]),
  Object.assign([1], { map: thrower(new Error('map')) }),
  Object.assign([1], { map: () => 5 }),
  { toString: thrower(new Error('toString')) },
  '',
  '\ud800',
  '\u0000',
  '__proto__',
  'constructor',
  'gateway:ready',
  'disconnect',
  'x'.repeat(70_000),
  'e\u0301'.repeat(200),
];

/** Arguments by their place in the list above: what generates them would touch the untouchable. */
type Argument = { hostile: number } | { value: unknown };

const argument: fc.Arbitrary<Argument> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ hostile: fc.nat(HOSTILE.length - 1) }) },
  fc.record({
    value: fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom<unknown>('ann', 'event', ['ann', 'bob']),
    ),
  }),
);

const call = fc.tuple(
  fc.constantFrom('emitToUser' as const, 'emitToUsers' as const, 'emitToRoom' as const, 'broadcast' as const),
  fc.array(argument, { maxLength: 5 }),
);

function expectResult(result: unknown): void {
  const { status, error } = result as { status: string; error?: unknown };
  expect(['published', 'duplicate', 'failed']).toContain(status);
  if (status === 'failed') expect(isGatewayError(error)).toBe(true);
}

describe('An emit', () => {
  it('never throws and never rejects, whatever its arguments, and always gives a result', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1), call, async (which, [method, described]) => {
        const [, emitter] = emitters[which] as [string, Hostile];
        const args = described.map((one) => ('hostile' in one ? HOSTILE[one.hostile] : one.value));
        const result = await emitter[method](...args);
        if (method === 'emitToUsers') {
          expect(Array.isArray(result)).toBe(true);
          for (let index = 0; index < (result as unknown[]).length; index++) {
            expectResult((result as unknown[])[index]);
          }
        } else expectResult(result);
      }),
      { numRuns: 1500 },
    );
  }, 60_000);

  it.each(['WorkerEmitter', 'SocketGateway'])(
    '(%s) above maxPayloadBytes is PAYLOAD_TOO_LARGE, and at it is published',
    async (name) => {
      const [, emitter] = emitters.find(([other]) => other === name) as [string, Hostile];
      // The quotes of the JSON count.
      expect(await emitter.emitToUser('ann', 'event', 'x'.repeat(64 * 1024 - 2))).toEqual(published(0));
      expect(await emitter.emitToUser('ann', 'event', 'x'.repeat(64 * 1024 - 1))).toMatchObject({
        status: 'failed',
        error: { code: 'PAYLOAD_TOO_LARGE', retryable: false },
      });
      expect(await emitter.emitToUser('ann', 'event', '\u20ac'.repeat(64 * 512))).toMatchObject({
        error: { code: 'PAYLOAD_TOO_LARGE' },
      });
    },
  );

  it.each(['WorkerEmitter', 'SocketGateway'])(
    '(%s) with an empty name, or what JSON cannot carry, is INVALID_EVENT',
    async (name) => {
      const [, emitter] = emitters.find(([other]) => other === name) as [string, Hostile];
      for (const args of [
        ['', {}],
        [undefined, {}],
        ['gateway:ready', {}],
        ['event', circular],
        ['event', 10n],
        ['event', { nested: [new Map()] }],
        ['event', Buffer.from('x')],
        ['event', () => 1],
        ['event', { toJSON: thrower(untouchable({})) }],
      ]) {
        expect(await emitter.emitToRoom('room', ...args)).toMatchObject({
          status: 'failed',
          error: { code: 'INVALID_EVENT', retryable: false },
        });
      }
    },
  );

  it.each(['WorkerEmitter', 'SocketGateway'])('(%s) to a room without sockets is published', async (name) => {
    const [, emitter] = emitters.find(([other]) => other === name) as [string, Hostile];
    expect(await emitter.emitToRoom('nobody-is-here', 'event', 1)).toEqual(published(0));
    expect(await emitter.emitToUser('nobody', 'event', 1)).toEqual(published(0));
    expect(await emitter.emitToUser('nobody', 'event', 1, { delivery: 'latest' })).toEqual({
      status: 'published',
      servers: 0,
    });
    expect(await emitter.emitToUser('nobody', 'event', 1, { delivery: 'live' })).toEqual({
      status: 'published',
    });
  });

  it.each(['WorkerEmitter', 'SocketGateway'])(
    '(%s) to users gives one result for each, in their order',
    async (name) => {
      const [, emitter] = emitters.find(([other]) => other === name) as [string, Hostile];
      // eslint-disable-next-line no-sparse-arrays -- a hole is no user
      expect(await emitter.emitToUsers(['ann', '', , 5], 'event', 1)).toMatchObject([
        { status: 'published' },
        { status: 'failed', error: { code: 'INVALID_USER' } },
        { status: 'failed', error: { code: 'INVALID_USER' } },
        { status: 'published' },
      ]);
      expect(await emitter.emitToUsers([], 'event', 1)).toMatchObject([
        { status: 'failed', error: { code: 'INVALID_USER' } },
      ]);
    },
  );
});
