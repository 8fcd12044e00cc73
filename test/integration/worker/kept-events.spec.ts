import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { EmitResult } from 'nestjs-socket-gateway';
import {
  createWorkerEmitter,
  type CreateWorkerEmitterOptions,
  type WorkerEmitter,
} from 'nestjs-socket-gateway/worker';
import { RecordingLogger } from '../../support/recording-logger.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const LOG = '{kept#/#user:ada}:1log';

const perTest = new Resources();
let redis: RedisProcess;
let plain: Redis;
let logger: RecordingLogger;
let worker: WorkerEmitter;

beforeEach(async () => {
  redis = perTest.add(await RedisProcess.start());
  plain = new Redis(redis.url, { disconnectTimeout: 0 });
  plain.on('error', () => undefined);
  perTest.add(stopping(plain));
  worker = createWorker();
});
afterEach(() => perTest.stop());

function stopping(client: Redis): { stop: () => Promise<void> } {
  return {
    stop: () => {
      client.disconnect();
      return Promise.resolve();
    },
  };
}

function createWorker(options: CreateWorkerEmitterOptions = {}): WorkerEmitter {
  logger = new RecordingLogger();
  const created = createWorkerEmitter({
    redis: redis.url,
    prefix: 'kept',
    delivery: 'durable',
    emitTimeoutMs: 500,
    logger,
    ...options,
  });
  perTest.add({ stop: () => created.close() });
  return created;
}

/** What the stream of a room has: the data of each entry. */
async function dataOf(stream = LOG): Promise<string[]> {
  const entries = await plain.xrange(stream, '-', '+');
  return entries.map(([, fields]) => fields[5] as string);
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Redis is gone, and the worker has noticed. */
async function loseRedis(): Promise<void> {
  await redis.kill();
  await waitFor(
    'the worker to notice',
    async () => (await worker.emitToUser('nobody', 'e', 1)).status === 'queued',
  );
}

it("a worker's event is in the stream of its room when it is published, as a packet carries it", async () => {
  const result = await worker.emitToUser('ada', 'import:done', { rows: 3, gone: undefined });
  const [entry] = await plain.xrange(LOG, '-', '+');
  const [id, fields] = entry as [string, string[]];
  expect(fields.filter((_, index) => index % 2 === 0)).toEqual(['p', 'n', 'd']);
  expect(fields[5]).toBe('"import:done",{"rows":3}');
  expect(result).toEqual({ status: 'published', id: `${id}.${fields[3]}`, servers: 0 });
});

it('its room and channel are those of its database', async () => {
  const other = createWorker({ redis: `${redis.url}/3` });
  const subscriber = plain.duplicate();
  perTest.add(stopping(subscriber));
  const heard: string[] = [];
  subscriber.on('message', (channel) => heard.push(channel));
  await subscriber.subscribe('{kept#/#r}@3', '{kept#/#r}@0');
  expect(await other.emitToRoom('r', 'e', 1)).toMatchObject({ status: 'published', servers: 1 });
  await waitFor('the message', () => heard.length > 0);
  expect(heard).toEqual(['{kept#/#r}@3']);
  await plain.select(3);
  expect(await dataOf('{kept#/#r}:1log')).toEqual(['"e",1']);
});

it('keeps the order of 1,000 emits that nobody waited for, and has one connection', async () => {
  const patient = createWorker({ emitTimeoutMs: 10_000 });
  const results = await Promise.all(numbers(1000).map((n) => patient.emitToUser('ada', 'step', n)));
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['published']));
  expect(await dataOf()).toEqual(numbers(1000).map((n) => `"step",${n}`));
  const clients = (await plain.client('LIST')) as string;
  expect(clients.match(/name=socket-gateway:/g)).toHaveLength(1);
});

it('connects at its first emit', async () => {
  const clients = async (): Promise<string> => (await plain.client('LIST')) as string;
  expect(await clients()).not.toContain('name=socket-gateway:');
  await worker.emitToUser('ada', 'e', 1);
  expect(await clients()).toContain('name=socket-gateway:');
});

it('appends once what has one dedupeKey, from any worker', async () => {
  const first = await worker.emitToUser('ada', 'done', 1, { dedupeKey: 'job 7' });
  const again = await createWorker().emitToUser('ada', 'done', 2, { dedupeKey: 'job 7' });
  expect(again).toEqual({ status: 'duplicate', id: first.status === 'published' && first.id });
  expect(await dataOf()).toEqual(['"done",1']);
});

it('keeps the newest of each latest value, and drops one in the step of a durable event', async () => {
  const latest = '{kept#/#user:ada}:1latest';
  await worker.emitToUser('ada', 'progress', 10, { delivery: 'latest', key: 'job 7' });
  const result = await worker.emitToUser('ada', 'progress', 80, { delivery: 'latest', key: 'job 7' });
  await worker.emitToUser('ada', 'status', 'busy', { delivery: 'latest' });
  expect(result).toEqual({ status: 'published', servers: 0 });
  expect(await plain.hgetall(latest)).toMatchObject({
    'djob 7': '"progress",80',
    dstatus: '"status","busy"',
  });
  await worker.emitToUser('ada', 'done', 1, { clears: 'job 7' });
  expect(await plain.hexists(latest, 'djob 7')).toBe(0);
  expect(await plain.hget(latest, 'dstatus')).toBe('"status","busy"');
  expect(await dataOf()).toEqual(['"done",1']);
});

it('queues while Redis is away, with one warning, and appends in order when it is back', async () => {
  await worker.emitToUser('ada', 'step', 0);
  await loseRedis();
  const results = await Promise.all(numbers(50).map((n) => worker.emitToUser('ada', 'step', n + 1)));
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['queued']));
  expect(await worker.emitToUser('ada', 'live', 1, { delivery: 'live' })).toMatchObject({
    status: 'failed',
    error: { code: 'REDIS_UNAVAILABLE' },
  });
  await redis.restart();
  await waitFor(
    'it to be published',
    async () => (await worker.emitToUser('ada', 'end', 1)).status === 'published',
  );
  const data = await dataOf();
  // The first was acknowledged by a Redis that forgot it, and is sent again.
  expect(data.filter((one) => one !== '"end",1')).toEqual(numbers(51).map((n) => `"step",${n}`));
  expect(logger.with('is queued in memory').filter((line) => !line.includes('more'))).toHaveLength(1);
});

it('takes no more than its bounds while Redis is away', async () => {
  await worker.emitToUser('ada', 'step', 0);
  await loseRedis();
  const large = 'x'.repeat(60_000);
  const results: EmitResult[] = [];
  for (let index = 0; index < 300; index++) results.push(await worker.emitToUser('ada', 'large', large));
  const queued = results.filter(({ status }) => status === 'queued').length;
  expect(queued).toBeGreaterThan(250);
  expect(results.slice(queued)).not.toHaveLength(0);
  for (const result of results.slice(queued)) {
    expect(result).toMatchObject({ status: 'failed', error: { code: 'OUTBOX_FULL', retryable: true } });
  }
  expect(logger.output).toContain('OUTBOX_FULL');
});

it('needs no other rights in Redis than docs/protocol.md says', async () => {
  const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
  const [, commands] = /^An emitter needs.*\n`([^`]+)`/m.exec(page) ?? [];
  const allowed = (commands ?? '').split(/\s+/).map((command) => `+${command.toLowerCase()}`);
  // What every connection says first, and last.
  const greeting = ['+ping', '+client', '+hello', '+auth', '+select', '+quit'];
  const names = ['~{kept#*', '&{kept#*', '&kept*'];
  await plain.acl(
    'SETUSER',
    'emitter',
    'on',
    '>secret',
    'resetchannels',
    '-@all',
    ...names,
    ...allowed,
    ...greeting,
  );
  const limited = createWorker({ redis: redis.url.replace('redis://', 'redis://emitter:secret@') });
  const results = [
    await limited.emitToUser('ada', 'e', 1, { dedupeKey: 'a', clears: 'b' }),
    await limited.emitToUser('ada', 'e', 1, { delivery: 'latest' }),
    await limited.emitToUser('ada', 'e', 1, { delivery: 'live' }),
  ];
  expect(results.map(({ status }) => status)).toEqual(['published', 'published', 'published']);
  await limited.joinRoom({ userId: 'ada' }, 'r');
  expect((await limited.history('user:ada')).events).toHaveLength(1);
  expect(await limited.isUserOnline('ada')).toBe(false);
  expect(await limited.emitToUser('ada', 'e', 'x'.repeat(60_000))).toMatchObject({ status: 'published' });
  const denied = (await plain.acl('LOG')) as unknown[];
  expect(
    denied.map((entry) => JSON.stringify(entry)).filter((entry) => !/memory|channels/.test(entry)),
  ).toEqual([]);
});

describe('at its end', () => {
  it('waits until Redis has what was emitted', async () => {
    const patient = createWorker({ emitTimeoutMs: 10_000 });
    const emits = Promise.all(numbers(500).map((n) => patient.emitToUser('ada', 'step', n)));
    await patient.close();
    expect(new Set((await emits).map(({ status }) => status))).toEqual(new Set(['published']));
    expect(await dataOf()).toHaveLength(500);
  });

  it('waits for a Redis that comes back in time', async () => {
    await worker.emitToUser('ada', 'step', 0);
    await loseRedis();
    expect(await worker.emitToUser('ada', 'step', 1)).toEqual({ status: 'queued' });
    const closed = worker.close();
    await redis.restart();
    await closed;
    expect((await dataOf()).filter((data) => data.startsWith('"step"'))).toEqual(['"step",0', '"step",1']);
  });

  it('does not wait longer than shutdownTimeoutMs, and says how many events are lost', async () => {
    worker = createWorker({ shutdownTimeoutMs: 50 });
    await worker.emitToUser('ada', 'step', 0);
    await redis.kill();
    await waitFor(
      'the worker to notice',
      async () => (await worker.emitToUser('ada', 'e', 1)).status === 'queued',
    );
    await worker.emitToUser('ada', 'e', 2);
    const before = performance.now();
    await worker.close();
    expect(performance.now() - before).toBeLessThan(2000);
    expect(logger.output).toMatch(/Closed with \d+ events that Redis has not taken/);
  });

  it('takes no more, even while it waits, and ends once however often it is told to', async () => {
    await worker.emitToUser('ada', 'step', 0);
    await loseRedis();
    const closings = [worker.close(), worker.close()];
    for (const options of [undefined, { delivery: 'live' }, { delivery: 'latest' }] as const) {
      expect(await worker.emitToUser('ada', 'e', 1, options)).toMatchObject({
        status: 'failed',
        error: { code: 'EMITTER_CLOSED' },
      });
    }
    await redis.restart();
    await Promise.all(closings);
    await expect(worker.joinRoom({ userId: 'ada' }, 'r')).rejects.toMatchObject({ code: 'EMITTER_CLOSED' });
  });

  it.each([-1, 600_001, 1.5, '5000'])('has no shutdownTimeoutMs of %p', (shutdownTimeoutMs) => {
    expect(() => createWorker({ shutdownTimeoutMs: shutdownTimeoutMs as number })).toThrow(
      'shutdownTimeoutMs: must be a whole number from 0 to 600000',
    );
  });
});
