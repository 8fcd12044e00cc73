import { randomUUID } from 'node:crypto';
import { Queue, Worker, type Job } from 'bullmq';
import { RedisIoAdapter, type Delivery } from 'nestjs-socket-gateway';
import { RecordedSpans } from '../../support/recorded-spans.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { startTracedSite, type Heard, type TracedSite } from '../../support/traced-site.js';
import { waitFor } from '../../support/wait-for.js';

const EMIT = 'emit user:{user}';
const APPEND = 'append user:{user}';
const DELIVER = 'deliver user:{user}';

const resources = new Resources();
let redis: RedisProcess;
let spans: RecordedSpans;
let site: TracedSite;
let userCount = 0;
let user: string;

beforeAll(async () => {
  spans = resources.add(new RecordedSpans());
  redis = resources.add(await RedisProcess.start());
  site = await startTracedSite(resources, redis);
}, 60_000);
afterAll(() => resources.stop());
beforeEach(() => {
  user = `user-${++userCount}`;
  spans.clear();
});

const traceOf = ({ meta }: Heard): string | undefined => meta?.traceparent?.split('-')[1];

/** Runs something as a job of a Bull queue, and tells the trace of the job. */
async function inJob(action: (job: Job) => Promise<unknown>): Promise<{ traceId: string; spanId: string }> {
  const connection = { url: redis.url, maxRetriesPerRequest: null };
  const name = randomUUID();
  const queue = new Queue(name, { connection });
  resources.add({ stop: () => queue.close() });
  const job = new Promise<{ traceId: string; spanId: string }>((resolve, reject) => {
    const worker = new Worker(
      name,
      (running: Job) => spans.during('job', () => action(running)).then(resolve, reject),
      { connection },
    );
    resources.add({ stop: () => worker.close(true) });
  });
  await queue.add('import', {});
  return job;
}

describe('One trace', () => {
  it('leads from a job over emit and append to the delivery on another server and to its client', async () => {
    const [, heard] = await site.connect(site.servers[1], user, 'import:done');
    let result: unknown;
    const job = await inJob(
      async () => (result = await site.worker.emitter.emitToUser(user, 'import:done', { n: 1 })),
    );
    expect(result).toMatchObject({ status: 'published' });
    const { id } = result as { id: string };

    const emit = await spans.one(EMIT, job.traceId);
    expect(emit.parentSpanContext?.spanId).toBe(job.spanId);
    const { spanId } = emit.spanContext();
    for (const name of [APPEND, DELIVER]) {
      const step = await spans.one(name, job.traceId);
      expect(step.parentSpanContext?.spanId).toBe(spanId);
      expect(step.attributes['messaging.message.id']).toBe(id);
    }
    await waitFor('the event', () => heard.length === 1);
    const traceparent = `00-${job.traceId}-${spanId}-01`;
    expect(heard).toEqual([
      { event: 'import:done', data: { n: 1 }, meta: { room: `user:${user}`, id, traceparent } },
    ]);
    // Nothing on the way says whose event it is, or what it is.
    for (const span of spans.all)
      expect(JSON.stringify([span.name, span.attributes])).not.toMatch(new RegExp(`${user}|import`));
  });

  it.each<[Delivery]>([['durable'], ['latest']])(
    'is still carried by what a client gets that was away: %s',
    async (delivery) => {
      const [client, heard] = await site.connect(site.servers[0], user, 'note');
      client.socket.disconnect();
      const { namespace } = site.servers[0].app.get(RedisIoAdapter);
      await waitFor('the server to notice', () => !namespace?.adapter.rooms.has(`user:${user}`));
      const { traceId } = await spans.during('request', () =>
        site.worker.emitter.emitToUser(user, 'note', 1, { delivery }),
      );
      client.start();
      await waitFor('the event', () => heard.length === 1);
      expect(traceOf(heard[0] as Heard)).toBe(traceId);
      // It would be one for each socket that returns.
      expect(spans.named(DELIVER)).toEqual([]);
    },
  );

  it('has one delivery for each server, however many sockets there are', async () => {
    for (const server of [site.servers[0], site.servers[0], site.servers[1]])
      await site.connect(server, user, 'note');
    for (const delivery of ['durable', 'latest', 'live'] as const) {
      const { traceId } = await spans.during('request', () =>
        site.worker.emitter.emitToUser(user, 'note', 1, { delivery }),
      );
      const delivered = await waitFor('both deliveries', () => {
        const found = spans.named(DELIVER).filter((span) => span.spanContext().traceId === traceId);
        return found.length === 2 && found;
      });
      const sockets = delivered.map(({ attributes }) => attributes['messaging.socket_gateway.sockets']);
      expect(sockets.sort()).toEqual([1, 2]);
      for (const { attributes } of delivered)
        expect(attributes['messaging.socket_gateway.delivery']).toBe(delivery);
    }
  });

  it('has the deliveries of what a server emits live, to its own sockets and to those of others', async () => {
    const [first, second] = site.servers;
    const [here, away] = [await first.connect(user), await second.connect(user)];
    for (const emit of [
      () => first.gateway.emitToUser(user, 'cursor', 1, { delivery: 'live' }),
      () => first.gateway.broadcast('cursor', 2),
      () => first.gateway.emitToRoom(`user:${user}`, 'cursor', 3, { delivery: 'live', except: 'nobody' }),
    ]) {
      spans.clear();
      const { traceId } = await spans.during('request', emit);
      await waitFor(
        'both deliveries',
        () => spans.all.filter(({ name }) => name.startsWith('deliver')).length === 2,
      );
      for (const span of spans.all) expect(span.spanContext().traceId).toBe(traceId);
    }
    // As without a trace: a live event has one argument.
    for (const client of [here, away]) {
      await client.received('cursor', 3);
      const received = client.events.filter(({ name }) => name === 'cursor');
      expect(received.map(({ args }) => args)).toEqual([[1], [2], [3]]);
    }
  });

  it('leads to every emit of a batch, which is appended in one step', async () => {
    const { emitter } = site.worker;
    const jobs = await Promise.all(
      [1, 2, 3, 4].map((number) => spans.during('job', () => emitter.emitToUser(user, 'note', number))),
    );
    const emits = await Promise.all(jobs.map(({ traceId }) => spans.one(EMIT, traceId)));
    // The first one comes alone, as far as can be known.
    const append = await spans.one(APPEND, jobs[1]?.traceId as string);
    expect(spans.named(APPEND)).toHaveLength(2);
    expect(append.attributes['messaging.batch.message_count']).toBe(3);
    expect(append.parentSpanContext?.spanId).toBe(emits[1]?.spanContext().spanId);
    expect(append.links.map(({ context }) => context.spanId)).toEqual(
      emits.slice(1).map((emit) => emit.spanContext().spanId),
    );
  });

  it('has one emit for several users', async () => {
    const users = [`${user}-a`, `${user}-b`];
    const { traceId } = await spans.during('job', () => site.worker.emitter.emitToUsers(users, 'note', 1));
    const emit = await spans.one(EMIT, traceId);
    await waitFor('both appends', () => spans.named(APPEND).length === 2);
    expect(spans.named(EMIT)).toHaveLength(1);
    expect(emit.attributes['messaging.batch.message_count']).toBe(2);
    for (const append of spans.named(APPEND))
      expect(append.parentSpanContext?.spanId).toBe(emit.spanContext().spanId);
  });

  it('leads to what handles an event that nobody has acknowledged', async () => {
    const undelivered: (string | undefined)[] = [];
    const stop = site.worker.emitter.onUndelivered((event) => void undelivered.push(event.traceparent));
    const { traceId } = await spans.during('job', () =>
      site.worker.emitter.emitToUser(user, 'note', 1, { fallback: { afterMs: 1 } }),
    );
    await waitFor('the handler', () => undelivered.length === 1);
    expect(undelivered[0]?.split('-')[1]).toBe(traceId);
    await stop();
  });

  it('is in no way of what history() tells', async () => {
    await spans.during('job', () => site.worker.emitter.emitToUser(user, 'note', '7'));
    const { events, gap } = await site.worker.emitter.history(`user:${user}`);
    expect(events).toMatchObject([{ event: 'note', data: '7' }]);
    expect(gap).toBeUndefined();
  });
});
