import fc from 'fast-check';
import { inspect } from 'node:util';
import {
  ERROR_CODES,
  GatewayError,
  isGatewayError,
  type EmitResult,
  type GatewayErrorCode,
} from '../../../src/contract/index.js';
import { CauseLog } from '../../../src/logging/index.js';
import {
  EventPublisher,
  type EventPublisherSettings,
  type KeptEmit,
  type KeptSender,
  type LiveSender,
  type LiveTarget,
} from '../../../src/publishing/index.js';
import { MsgpackEncoder } from '../../../src/publishing/msgpack/index.js';
import { anything, hostile, hostileProxy, revokedProxy, type Maker } from '../../support/hostile.js';
import { RecordingLogger } from '../../support/recording-logger.js';

type Sent = { target: LiveTarget; event: string; payload: unknown };

/** A sender that keeps what it is given; what it then does can be replaced. */
class RecordingSender implements LiveSender {
  readonly sent: Sent[] = [];

  constructor(private readonly outcome: () => Promise<void> = () => Promise.resolve()) {}

  emit(target: LiveTarget, event: string, payload: unknown): Promise<void> {
    this.sent.push({ target, event, payload });
    return this.outcome();
  }
}

/** The same for what is kept. */
class RecordingKeptSender implements KeptSender {
  readonly sent: { room: string; emit: KeptEmit }[] = [];

  constructor(
    private readonly outcome: () => Promise<EmitResult> = () =>
      Promise.resolve({ status: 'published', id: 'token', servers: 2 }),
  ) {}

  emit(room: string, emit: KeptEmit): Promise<EmitResult> {
    this.sent.push({ room, emit });
    return this.outcome();
  }
}

const logger = new RecordingLogger();
const causes = new CauseLog(logger);
afterAll(() => causes.close());

function publisherOf(live: LiveSender, others: Partial<EventPublisherSettings> = {}): EventPublisher {
  return new EventPublisher({
    live,
    kept: new RecordingKeptSender(),
    delivery: 'live',
    maxPayloadBytes: 64 * 1024,
    causes,
    ...others,
  });
}

function codeOf(result: EmitResult): GatewayErrorCode | EmitResult['status'] {
  return result.status === 'failed' ? result.error.code : result.status;
}

function expectResult(result: EmitResult): void {
  if (result.status !== 'failed') {
    expect(['published', 'duplicate', 'queued']).toContain(result.status);
    return;
  }
  expect(result.status).toBe('failed');
  expect(Object.keys(result).sort()).toEqual(['error', 'status']);
  expect(isGatewayError(result.error)).toBe(true);
  expect(Object.keys(ERROR_CODES)).toContain(result.error.code);
  expect(typeof result.error.message).toBe('string');
  expect(result.error.retryable).toBe(ERROR_CODES[result.error.code].retryable);
}

/** Anything, but often what is right, so that the later checks are reached. */
const often = (right: fc.Arbitrary<unknown>): fc.Arbitrary<Maker> =>
  fc.oneof(
    right.map((value) => () => value),
    anything,
  );

const anyUser = often(fc.oneof(fc.string(), fc.integer()));
const anyUsers = fc.oneof(
  anything,
  fc.array(anyUser).map((makers) => () => makers.map((make) => make())),
);
const anyEvent = often(fc.string({ minLength: 1 }));
const anyOption = often(fc.oneof(fc.constantFrom('live', 'latest', 'durable', undefined), fc.string()));
const anyOptions = fc.oneof(
  fc
    .record({
      delivery: anyOption,
      key: anyOption,
      dedupeKey: anyOption,
      clears: anyOption,
      except: anyOption,
    })
    .chain((all) => fc.subarray(Object.keys(all)).map((names) => ({ all, names })))
    .map(
      ({ all, names }) =>
        () =>
          Object.fromEntries(names.map((name) => [name, all[name as keyof typeof all]()])),
    ),
  often(fc.constantFrom(undefined, null, {}, { delivery: 'live' }, { except: 'a' }, { except: ['a', 'b'] })),
  fc
    .tuple(anything, anything)
    .map(([delivery, except]) => () => ({ delivery: delivery(), except: except() })),
  anything.map((except) => () => ({ except: except() })),
);

/** Senders that fail in every way. */
const anySender: fc.Arbitrary<() => LiveSender> = fc.oneof(
  fc.constant(() => new RecordingSender()),
  fc.oneof(anything, hostile).map(
    (make) => () =>
      new RecordingSender(() => {
        throw make();
      }),
  ),
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything is what is tested
  fc.oneof(anything, hostile).map((make) => () => new RecordingSender(() => Promise.reject(make()))),
  fc.oneof(anything, hostile).map((make) => () => new RecordingSender(() => make() as Promise<void>)),
  fc.constant(() => hostileProxy() as LiveSender),
);

/** Senders of what is kept that fail in every way. */
const anyKeptSender: fc.Arbitrary<() => KeptSender> = fc.oneof(
  fc.constant(() => new RecordingKeptSender()),
  fc
    .constantFrom<EmitResult>(
      { status: 'queued' },
      { status: 'duplicate', id: 'a' },
      { status: 'failed', error: new GatewayError('OUTBOX_FULL', 'full') },
    )
    .map((result) => () => new RecordingKeptSender(() => Promise.resolve(result))),
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything is what is tested
  anything.map((make) => () => new RecordingKeptSender(() => Promise.reject(make()))),
);

describe('EventPublisher', () => {
  it('never throws or rejects, whatever it is given and whatever its sender does', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySender,
        anyKeptSender,
        fc.constantFrom('live' as const, 'durable' as const),
        anyUser,
        anyUsers,
        anyEvent,
        anything,
        anyOptions,
        async (makeSender, makeKept, delivery, makeUser, makeUsers, makeEvent, makeData, makeOptions) => {
          const [user, users, event, data, options] = [
            makeUser(),
            makeUsers(),
            makeEvent(),
            makeData(),
            makeOptions(),
          ];
          const publisher = publisherOf(makeSender(), { kept: makeKept(), delivery });
          const results = [
            await publisher.toUser(user, event, data, options),
            await publisher.toRoom(user, event, data, options),
            await publisher.toAll(event, data, options),
            ...(await publisher.toUsers(users, event, data, options)),
          ];
          for (const result of results) expectResult(result);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('hands on only what can be encoded', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (makeData) => {
        const sender = new RecordingSender();
        const result = await publisherOf(sender).toRoom('a', 'b', makeData(), undefined);
        if (codeOf(result) === 'published') new MsgpackEncoder().encode(sender.sent);
        else expect(sender.sent).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('names the room, the event and who is left out', async () => {
    const sender = new RecordingSender();
    const publisher = publisherOf(sender);
    await publisher.toUser(5, 'a', { b: 1 }, undefined);
    await publisher.toRoom('cafe\u0301', 'a', undefined, { delivery: 'live', except: 'x' });
    await publisher.toAll('a', [1], { except: ['x', 7 as unknown as string] });
    await publisher.toRoom('r', 'a', 1, { except: [] });
    expect(sender.sent).toEqual([
      { target: { room: 'user:5', except: [] }, event: 'a', payload: { b: 1 } },
      { target: { room: 'caf\u00e9', except: ['x'] }, event: 'a', payload: null },
      { target: { room: null, except: ['x', '7'] }, event: 'a', payload: [1] },
      { target: { room: 'r', except: [] }, event: 'a', payload: 1 },
    ]);
  });

  it('gives one result for each user, in their order', async () => {
    const sender = new RecordingSender();
    const users = Object.assign(new Array<unknown>(4), { 0: 'a', 1: '', 3: 5 });
    const results = await publisherOf(sender).toUsers(users, 'a', 1, undefined);
    expect(results.map(codeOf)).toEqual(['published', 'INVALID_USER', 'INVALID_USER', 'published']);
    expect(sender.sent.map(({ target }) => target.room)).toEqual(['user:a', 'user:5']);
  });

  it.each<[string, unknown]>([
    ['an empty list', []],
    ['no list', 'a'],
    ['nothing', undefined],
    ['something like a list', { length: 1, 0: 'a' }],
    ['a list without end', new Array(2 ** 32 - 1)],
    ['a revoked proxy', revokedProxy([])],
  ])('fails once with INVALID_USER for %s of users', async (_, users) => {
    const results = await publisherOf(new RecordingSender()).toUsers(users, 'a', 1, undefined);
    expect(results.map(codeOf)).toEqual(['INVALID_USER']);
  });

  it.each<[GatewayErrorCode, [room: unknown, event: unknown, data: unknown, options?: unknown]]>([
    ['INVALID_ROOM', ['', 'a', 1]],
    ['INVALID_ROOM', [undefined, 'a', 1]],
    ['INVALID_ROOM', [['a'], 'a', 1]],
    ['INVALID_ROOM', ['a\u0000', 'a', 1]],
    ['INVALID_ROOM', [revokedProxy([]), 'a', 1]],
    ['INVALID_ROOM', ['a', 'a', 1, { except: '' }]],
    ['INVALID_ROOM', ['a', 'a', 1, { except: ['a', undefined] }]],
    // eslint-disable-next-line no-sparse-arrays -- a hole must not become everyone
    ['INVALID_ROOM', ['a', 'a', 1, { except: [, 'a'] }]],
    ['INVALID_ROOM', ['a', 'a', 1, { except: null }]],
    ['INVALID_ROOM', ['a', 'a', 1, { except: revokedProxy([]) }]],
    ['INVALID_OPTIONS', ['a', 'a', 1, { delivery: 'express' }]],
    ['INVALID_OPTIONS', ['a', 'a', 1, { delivery: null }]],
    ['INVALID_OPTIONS', ['a', 'a', 1, hostileProxy()]],
    ['INVALID_EVENT', ['a', '', 1]],
    ['INVALID_EVENT', ['a', undefined, 1]],
    ['INVALID_EVENT', ['a', hostileProxy(), 1]],
    ['INVALID_EVENT', ['a', 'a'.repeat(257), 1]],
    ['INVALID_EVENT', ['a', 'connect', 1]],
    ['INVALID_EVENT', ['a', 'connect_error', 1]],
    ['INVALID_EVENT', ['a', 'disconnect', 1]],
    ['INVALID_EVENT', ['a', 'disconnecting', 1]],
    ['INVALID_EVENT', ['a', 'newListener', 1]],
    ['INVALID_EVENT', ['a', 'removeListener', 1]],
    ['INVALID_EVENT', ['a', 'gateway:ready', 1]],
    ['INVALID_EVENT', ['a', 'gateway:', 1]],
    ['INVALID_EVENT', ['a', 'a', 1n]],
    ['PAYLOAD_TOO_LARGE', ['a', 'a', 'a'.repeat(64 * 1024 - 1)]],
  ])('fails with %s', async (code, [room, event, data, options]) => {
    const sender = new RecordingSender();
    const result = await publisherOf(sender).toRoom(room, event, data, options);
    expect(codeOf(result)).toBe(code);
    expect(sender.sent).toEqual([]);
  });

  it('allows the largest name and the largest payload', async () => {
    const publisher = publisherOf(new RecordingSender());
    const result = await publisher.toRoom('a', 'a'.repeat(256), 'a'.repeat(64 * 1024 - 2), undefined);
    expect(codeOf(result)).toBe('published');
  });

  it('passes on why its sender failed', async () => {
    const refused = new GatewayError('REDIS_REFUSED', 'Redis said no.');
    const failing = publisherOf(new RecordingSender(() => Promise.reject(refused)));
    expect(await failing.toAll('a', 1, undefined)).toEqual({ status: 'failed', error: refused });
    const strange = publisherOf(new RecordingSender(() => Promise.reject(new Error('strange'))));
    expect(codeOf(await strange.toAll('a', 1, undefined))).toBe('TRANSPORT_FAILED');
  });

  it('survives errors that only look like ours', async () => {
    let reads = 0;
    const turncoat = new Proxy(new GatewayError('REDIS_REFUSED', 'no'), {
      get: (target, key): unknown =>
        key === 'message' && reads++ > 0 ? Symbol('message') : Reflect.get(target, key),
    });
    const grenade = Object.defineProperty(new GatewayError('REDIS_REFUSED', 'no'), 'message', {
      get: () => {
        throw new Error('hostile');
      },
    });
    const stranger = Object.assign(new GatewayError('REDIS_REFUSED', 'no'), { code: 'toString' });
    const outcomes = [turncoat, grenade, stranger].map((error) =>
      publisherOf(new RecordingSender(() => Promise.reject(error))).toAll('a', 1, undefined),
    );
    expect((await Promise.all(outcomes)).map(codeOf)).toEqual([
      'REDIS_REFUSED',
      'TRANSPORT_FAILED',
      'TRANSPORT_FAILED',
    ]);
  });

  it('survives a logger that throws', async () => {
    const write = (): never => {
      throw new Error('the disk is full');
    };
    const loud = new CauseLog({ log: write, warn: write, error: write });
    const publisher = publisherOf(new RecordingSender(), { maxPayloadBytes: 10, causes: loud });
    expect(codeOf(await publisher.toAll('', 1, undefined))).toBe('INVALID_EVENT');
    loud.close();
  });

  it('keeps what is emitted out of its errors and its lines', async () => {
    const marker = 'marker-of-a-secret';
    const sender = new RecordingSender(() => Promise.reject(new Error('strange')));
    const own = new RecordingLogger();
    const ownCauses = new CauseLog(own);
    const publisher = publisherOf(sender, { maxPayloadBytes: 1000, causes: ownCauses });
    const circle: Record<string, unknown> = { text: marker };
    circle['self'] = circle;
    const payloads = [
      { marker },
      marker.repeat(100),
      [marker, 1n],
      { [marker]: () => marker },
      circle,
      Buffer.from(marker),
    ];
    for (const payload of payloads) {
      const result = await publisher.toAll('a', payload, undefined);
      expect(inspect(result, { depth: 10, showHidden: true })).not.toContain(marker);
    }
    for (const [user, options] of [
      [{ marker }, {}],
      [`${marker}\n`, {}],
      ['a', { delivery: marker }],
      ['a', { except: `${marker}\n` }],
    ]) {
      expect(inspect(await publisher.toUser(user, 'a', 1, options), { depth: 10 })).not.toContain(marker);
    }
    ownCauses.close();
    expect(own.lines.length).toBeGreaterThan(3);
    expect(own.lines.join('\n')).not.toContain(marker);
  });
});

describe('What is kept', () => {
  let kept: RecordingKeptSender;
  let live: RecordingSender;
  let publisher: EventPublisher;
  beforeEach(() => {
    kept = new RecordingKeptSender();
    live = new RecordingSender();
    publisher = publisherOf(live, { kept, delivery: 'durable' });
  });

  it('is the inside of the array of a packet: the name and the payload as JSON', async () => {
    await publisher.toUser(5, 'import:done', { rows: 3, at: new Date(0), gone: undefined }, undefined);
    await publisher.toRoom('cafe\u0301', 'say "hi"\n', undefined, { delivery: 'durable' });
    await publisher.toRoom('r', 'progress', 80, { delivery: 'latest' });
    expect(kept.sent).toEqual([
      {
        room: 'user:5',
        emit: { delivery: 'durable', data: '"import:done",{"rows":3,"at":"1970-01-01T00:00:00.000Z"}' },
      },
      { room: 'caf\u00e9', emit: { delivery: 'durable', data: '"say \\"hi\\"\\n",null' } },
      { room: 'r', emit: { delivery: 'latest', key: 'progress', data: '"progress",80' } },
    ]);
    expect(live.sent).toEqual([]);
  });

  it('has what the options say', async () => {
    await publisher.toRoom('r', 'done', 1, { dedupeKey: 'job 7', clears: 'progress' });
    await publisher.toRoom('r', 'progress', 1, { delivery: 'latest', key: 'file 1' });
    expect(kept.sent.map(({ emit }) => emit)).toEqual([
      { delivery: 'durable', data: '"done",1', dedupeKey: 'job 7', clears: 'progress' },
      { delivery: 'latest', data: '"progress",1', key: 'file 1' },
    ]);
  });

  it('is told as it comes back', async () => {
    const results: EmitResult[] = [
      { status: 'published', id: 'a', servers: 1 },
      { status: 'duplicate', id: 'a' },
      { status: 'queued' },
      { status: 'failed', error: new GatewayError('OUTBOX_FULL', 'full') },
    ];
    for (const result of results) {
      const sender = new RecordingKeptSender(() => Promise.resolve(result));
      expect(await publisherOf(live, { kept: sender, delivery: 'durable' }).toRoom('r', 'e', 1, {})).toEqual(
        result,
      );
    }
  });

  it('is warned of once when it is queued, and once when it fails', async () => {
    const own = new RecordingLogger();
    const ownCauses = new CauseLog(own);
    const results: EmitResult[] = [
      { status: 'queued' },
      { status: 'queued' },
      { status: 'failed', error: new GatewayError('OUTBOX_FULL', 'full') },
      { status: 'failed', error: new GatewayError('OUTBOX_FULL', 'full') },
    ];
    const sender = new RecordingKeptSender(() => Promise.resolve(results.shift() as EmitResult));
    const some = publisherOf(live, { kept: sender, delivery: 'durable', causes: ownCauses });
    for (let index = 0; index < 4; index++) await some.toRoom('r', 'e', 1, undefined);
    expect(own.lines).toEqual([
      expect.stringContaining('is queued in memory'),
      expect.stringContaining('OUTBOX_FULL'),
    ]);
    ownCauses.close();
  });

  it('leaves in the order of the emits', async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => publisher.toRoom('r', 'e', index, undefined)),
    );
    expect(kept.sent.map(({ emit }) => emit.data)).toEqual(
      Array.from({ length: 100 }, (_, index) => `"e",${index}`),
    );
  });

  it('is made JSON of once for many users', async () => {
    let count = 0;
    const data = { toJSON: () => ++count };
    const results = await publisher.toUsers(['a', '', 'b'], 'e', data, undefined);
    expect(results.map(codeOf)).toEqual(['published', 'INVALID_USER', 'published']);
    expect(kept.sent.map(({ emit }) => emit.data)).toEqual(['"e",1', '"e",1']);
    expect((await publisher.toUsers(['a', 'b'], 'e', 1n, undefined)).map(codeOf)).toEqual([
      'INVALID_EVENT',
      'INVALID_EVENT',
    ]);
  });

  it('is no broadcast: that is live, whatever the default is', async () => {
    expect(await publisher.toAll('e', 1, undefined)).toEqual({ status: 'published' });
    expect(live.sent).toHaveLength(1);
    for (const delivery of ['durable', 'latest'] as const) {
      const result = await publisher.toAll('e', 1, { delivery });
      expect(codeOf(result)).toBe('INVALID_OPTIONS');
      expect(result.status === 'failed' && result.error.message).toContain('default room');
    }
    expect(kept.sent).toEqual([]);
  });

  it('is as large as its payload may be', async () => {
    const small = publisherOf(live, { kept, delivery: 'durable', maxPayloadBytes: 10 });
    expect(codeOf(await small.toRoom('r', 'a-long-name', 'x'.repeat(8), undefined))).toBe('published');
    expect(codeOf(await small.toRoom('r', 'e', 'x'.repeat(9), undefined))).toBe('PAYLOAD_TOO_LARGE');
  });

  it('fails with EMITTER_CLOSED once the publisher is closed, live events too', async () => {
    publisher.close();
    expect(codeOf(await publisher.toRoom('r', 'e', 1, undefined))).toBe('EMITTER_CLOSED');
    expect(codeOf(await publisher.toAll('e', 1, undefined))).toBe('EMITTER_CLOSED');
    expect((await publisher.toUsers(['a', 'b'], 'e', 1, undefined)).map(codeOf)).toEqual([
      'EMITTER_CLOSED',
      'EMITTER_CLOSED',
    ]);
    expect([kept.sent, live.sent]).toEqual([[], []]);
  });
});
