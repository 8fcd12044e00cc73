import fc from 'fast-check';
import type { EmitResult } from '../../../src/contract/index.js';
import { CauseLog } from '../../../src/logging/index.js';
import { EventPublisher, type KeptSender } from '../../../src/publishing/index.js';
import { TracedPublisher } from '../../../src/publishing/traced-publisher.js';
import { traceparentIn, type EmitCall, type EmitOutcome } from '../../../src/tracing/index.js';
import { anything, hostile, type Maker } from '../../support/hostile.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const causes = new CauseLog(new RecordingLogger());
afterAll(() => causes.close());

interface Traced {
  readonly publisher: TracedPublisher;
  readonly calls: EmitCall[];
  readonly outcomes: EmitOutcome[];
  /** What each kept event carried, by its room. */
  readonly carried: Map<string, string | undefined>;
}

const traceparentOf = (number: number): string =>
  `00-0af7651916cd43dd8448eb211c80319c-${String(number).padStart(16, '0')}-01`;

function traced(): Traced {
  const [calls, outcomes]: [EmitCall[], EmitOutcome[]] = [[], []];
  const carried = new Map<string, string | undefined>();
  const kept: KeptSender = {
    emit: (room, { data }) => {
      carried.set(room, traceparentIn(data));
      return Promise.resolve({ status: 'published' });
    },
  };
  const tracing = {
    emit: (call: EmitCall) => ({
      traceparent: traceparentOf(calls.push(call)),
      end: (outcome: EmitOutcome) => void outcomes.push(outcome),
    }),
    appended: () => undefined,
    delivered: () => undefined,
  };
  const live = { emit: () => Promise.resolve() };
  const settings = { live, kept, delivery: 'durable' as const, maxPayloadBytes: 1000, causes };
  const publisher = new TracedPublisher(
    tracing,
    (traceparent) => new EventPublisher({ ...settings, traceparent }),
  );
  return { publisher, calls, outcomes, carried };
}

describe('A traced emit', () => {
  it('never throws and never rejects, whatever its arguments, and always ends', async () => {
    const { publisher, calls, outcomes } = traced();
    const any = fc.oneof<fc.Arbitrary<Maker>[]>(hostile, anything);
    await fc.assert(
      fc.asyncProperty(any, any, any, any, async (one, event, data, options) => {
        const arguments_ = [one(), event(), data(), options()] as const;
        const results = await Promise.all([
          publisher.toUser(...arguments_),
          publisher.toUsers(...arguments_),
          publisher.toRoom(...arguments_),
          publisher.toAll(arguments_[1], arguments_[2], arguments_[3]),
        ]);
        for (const { status } of results.flat()) expect(status).toMatch(/^(published|failed)$/);
      }),
    );
    expect(outcomes).toHaveLength(calls.length);
  });

  it('carries its own context, also when its payload emits in its turn', async () => {
    const { publisher, carried, outcomes } = traced();
    let inner: Promise<EmitResult> | undefined;
    const payload = {
      toJSON: () => {
        inner ??= publisher.toRoom('inner', 'event', 1, undefined);
        return 'outer';
      },
    };
    await publisher.toRoom('outer', 'event', payload, undefined);
    await inner;
    await publisher.toUsers(['ann', 'bob'], 'event', 1, { delivery: 'latest' });
    expect([...carried].sort()).toEqual([
      ['inner', traceparentOf(2)],
      ['outer', traceparentOf(1)],
      ['user:ann', traceparentOf(3)],
      ['user:bob', traceparentOf(3)],
    ]);
    expect(outcomes.map(({ delivery, results }) => [delivery, results.length]).sort()).toEqual([
      ['durable', 1],
      ['durable', 1],
      ['latest', 2],
    ]);
  });

  it('tells how it was to travel, and not where that was refused before', async () => {
    const { publisher, outcomes, calls } = traced();
    await publisher.toAll('event', 1, undefined);
    await publisher.toUser('ann', 'event', 1, { delivery: 'nonsense' });
    await publisher.toUser(7, 'event', 1, undefined);
    publisher.close();
    await publisher.toRoom('r', 'event', 1, undefined);
    expect(outcomes.map(({ delivery }) => delivery)).toEqual(['live', undefined, 'durable', undefined]);
    expect(calls.map(({ room }) => room)).toEqual([null, 'user:ann', 'user:7', 'r']);
  });
});
