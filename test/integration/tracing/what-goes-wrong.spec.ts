import * as api from '@opentelemetry/api';
import { Redis } from 'ioredis';
import notepack from 'notepack.io';
import { openTelemetry } from 'nestjs-socket-gateway';
import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
import { RoomKeys } from '../../../src/room-log/index.js';
import { RecordedSpans } from '../../support/recorded-spans.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { startTracedSite, type TracedSite } from '../../support/traced-site.js';
import { waitFor } from '../../support/wait-for.js';

const EMIT = 'emit user:{user}';
const APPEND = 'append user:{user}';
const DELIVER = 'deliver user:{user}';

const resources = new Resources();
let redis: RedisProcess;
let raw: Redis;
let spans: RecordedSpans;
let site: TracedSite;

beforeAll(async () => {
  spans = resources.add(new RecordedSpans());
  redis = resources.add(await RedisProcess.start());
  raw = new Redis(redis.url);
  raw.on('error', () => undefined);
  resources.add({ stop: () => raw.disconnect() });
  site = await startTracedSite(resources, redis);
}, 60_000);
afterAll(() => resources.stop());
beforeEach(() => spans.clear());

const keys = (): RoomKeys => new RoomKeys({ prefix: site.prefix, namespace: '/', database: 0 });

/** What the log has of the room of a user, as it was written. */
async function kept(user: string): Promise<string[]> {
  const entries = await raw.xrange(keys().log(`user:${user}`), '-', '+');
  return entries.map(([, fields]) => fields[5] as string);
}

/** Appends to the room of a user as anybody may who can write to Redis, and tells its servers. */
async function forge(user: string, data: string): Promise<void> {
  const room = `user:${user}`;
  const tail = (await raw.hget(keys().tail(room), 't')) as string;
  const nonce = 'forgery_1.abcdef01';
  const id = await raw.xadd(keys().log(room), '*', 'p', tail, 'n', nonce, 'd', data);
  await raw.hset(keys().tail(room), 't', `${id}.${nonce}`);
  await raw.publish(keys().channel(room), `${id}.${nonce}\n${tail}\n\n${data}`);
}

describe('What is traced', () => {
  it('is no byte more where nothing is traced, and 59 where it is', async () => {
    const { emitter } = site.worker;
    const plain = createWorkerEmitter({ redis: redis.url, prefix: site.prefix });
    resources.add({ stop: () => plain.close() });
    await spans.during('job', () => plain.emitToUser('plain', 'note', { n: 1 }));
    await spans.during('job', () => emitter.emitToUser('plain', 'note', { n: 1 }));
    const [without, carried] = await kept('plain');
    expect(without).toBe('"note",{"n":1}');
    expect(carried).toMatch(/^"note",\{"n":1\} ,"00-[0-9a-f]{32}-[0-9a-f]{16}-01"$/);
    expect(carried).toHaveLength((without as string).length + 59);
  });

  it('is an error by its code where an emit failed', async () => {
    const { emitter } = site.worker;
    await raw.set(keys().log('user:broken'), 'no stream');
    const { traceId } = await spans.during('job', () => emitter.emitToUser('broken', 'note', 1));
    const [emit, append] = [await spans.one(EMIT, traceId), await spans.one(APPEND, traceId)];
    for (const span of [emit, append]) {
      expect(span.status.code).toBe(api.SpanStatusCode.ERROR);
      expect(span.attributes['error.type']).toBe('REDIS_REFUSED');
    }
    const refused = await spans.during('job', () => emitter.emitToUser('ann', 'note', 1n));
    expect((await spans.one(EMIT, refused.traceId)).attributes['error.type']).toBe('INVALID_EVENT');
  });
});

describe('A traceparent from Redis that is none', () => {
  it.each([
    ['of another version', '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
    ['of zeros', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['of anything', '<script>'.padEnd(55, 'x')],
  ])('is left out, and the event is delivered, now and later: %s', async (what, broken) => {
    const user = what.replaceAll(' ', '-');
    const [client, heard] = await site.connect(site.servers[0], user, 'note', 'first');
    await site.worker.emitter.emitToUser(user, 'first', 0);
    await waitFor('the first', () => heard.length === 1);
    spans.clear();
    await forge(user, `"note",{"n":1} ,"${broken}"`);
    await waitFor('the forged one', () => heard.length === 2);
    client.socket.disconnect();
    const late = await site.servers[1].connect(user);
    late.stop();
    expect(heard[1]).toEqual({
      event: 'note',
      data: { n: 1 },
      meta: { room: `user:${user}`, id: expect.stringContaining('forgery_1') as string },
    });
    const { events } = await site.worker.emitter.history(`user:${user}`);
    expect(events.at(-1)).toMatchObject({ event: 'note', data: { n: 1 } });
    expect(spans.all).toEqual([]);
  });

  it('is left out of live events, whatever it is', async () => {
    const ann = await site.servers[0].connect('live');
    const flags = [
      { traceparent: 'junk' },
      { traceparent: { toString: 1 } },
      { traceparent: null },
      {},
      null,
    ];
    for (const [number, flag] of flags.entries()) {
      const packet = { type: 2, data: ['cursor', number], nsp: '/' };
      const message = ['emitter', packet, { rooms: ['user:live'], flags: flag, except: [] }];
      await raw.publish(`${site.prefix}#/#user:live#`, notepack.encode(message));
    }
    expect(await ann.received('cursor', flags.length)).toEqual([0, 1, 2, 3, 4]);
    expect(spans.all).toEqual([]);
  });
});

describe('While Redis is away', () => {
  it('what is queued keeps its parent, over the append to the delivery', async () => {
    const own = resources.add(await RedisProcess.start());
    const away = await startTracedSite(resources, own);
    const [, heard] = await away.connect(away.servers[0], 'ann', 'note');
    // Of another room: what is sent again there must not be in one batch with what this is about.
    await away.worker.emitter.emitToUser('bob', 'note', 0);
    await own.kill();
    const { traceId, result } = await spans.during('job', () =>
      away.worker.emitter.emitToUser('ann', 'note', 1),
    );
    expect(result).toEqual({ status: 'queued' });
    const emit = await spans.one(EMIT, traceId);
    expect(emit.attributes['messaging.socket_gateway.status']).toBe('queued');
    await own.restart();
    const { spanId } = emit.spanContext();
    await waitFor('the delivery', () => heard.some(({ data }) => data === 1), 15_000);
    const deliver = await spans.one(DELIVER, traceId);
    expect(deliver.parentSpanContext?.spanId).toBe(spanId);
    await waitFor('an append without an error', () =>
      spans
        .named(APPEND)
        .some(
          ({ attributes, parentSpanContext }) =>
            parentSpanContext?.spanId === spanId && !attributes['error.type'],
        ),
    );
  }, 40_000);
});

describe('A tracing that throws', () => {
  it('fails no emit, and keeps no event from anybody', async () => {
    const fail = (): never => {
      throw new Error('as the test wants it');
    };
    const tracing = { ...openTelemetry(api), emit: fail, appended: fail, delivered: fail };
    const emitter = createWorkerEmitter({ redis: redis.url, prefix: site.prefix, tracing });
    resources.add({ stop: () => emitter.close() });
    expect(await emitter.emitToUser('ann', 'note', 1)).toMatchObject({ status: 'published' });
    expect(await emitter.emitToUser('ann', 'note', 1, { delivery: 'live' })).toEqual({ status: 'published' });
  });
});
