import { Redis } from 'ioredis';
import { connectGateway, type GatewayClient } from 'nestjs-socket-gateway/client';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { RoomKeys } from '../../../src/room-log/index.js';
import type { GatewayApp } from '../../support/gateway-app.js';
import { connectWith, startDurableServer } from '../../support/durable-server.js';
import { jobLike } from '../../support/jobs/job-fixture.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { signToken } from '../../support/sign-token.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const LONG_MS = 15_000;

const resources = new Resources();
let redis: RedisProcess;
let prefix: string;
let metrics: RecordedMetrics;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
});
afterAll(() => resources.stop());
beforeEach(() => {
  prefix = uniquePrefix();
  metrics = new RecordedMetrics();
});

const start = async (url: string | undefined = redis.url, drainMs = 0): Promise<GatewayApp> =>
  resources.add(await startDurableServer(url, prefix, { metrics, drainMs }));

/** A client of ann by `connectGateway`, that is ready, and handles notes in its time. */
async function ann(server: GatewayApp, handle: () => unknown = () => undefined): Promise<GatewayClient> {
  const client = connectGateway(server.url, {
    token: signToken('ann'),
    socketOptions: { transports: ['websocket'] },
  });
  resources.add({ stop: () => client.close() });
  client.on('note', handle);
  await waitFor('the client is ready', () => client.state === 'ready');
  return client;
}

const browserTimes = (): readonly number[] => metrics.observed('emit_to_browser_seconds');

describe('A server measures too', () => {
  it.each([
    ['in Redis', () => redis.url],
    ['in memory', () => ''],
  ])('how long events take into browsers and back, once for each: %s', async (_, url) => {
    const server = await start(url());
    let finish = (): void => undefined;
    const isHandled = new Promise<void>((resolve) => (finish = resolve));
    await ann(server, () => isHandled);
    await ann(server, () => isHandled);
    const emitted = server.gateway.emitToUser('ann', 'note', 1, { confirm: { withinMs: LONG_MS } });
    const begun = performance.now();
    await waitFor('a while', () => performance.now() - begun > 200);
    expect(browserTimes()).toEqual([]);
    finish();
    expect(await emitted).toMatchObject({ delivered: true });
    await waitFor('a time', () => browserTimes().length > 0);
    // Whoever asks for nothing is not measured, and neither is the second client.
    await server.gateway.emitToUser('ann', 'note', 2);
    const fallback = { afterMs: LONG_MS };
    await server.gateway.emitToUser('ann', 'note', 3, { fallback, confirm: { withinMs: LONG_MS } });
    await server.gateway.emitToUser('ann', 'note', 4, { fallback });
    await waitFor('three times', () => browserTimes().length === 3);
    expect(browserTimes()[0]).toBeGreaterThan(0.15);
    for (const seconds of browserTimes()) expect(seconds).toBeLessThan(60);
  });

  it('no time that a client makes up', async () => {
    const server = await start();
    const plain = await connectWith(server, 'ann');
    const acknowledge = (id: string): Promise<unknown> =>
      plain.socket.timeout(5000).emitWithAck('gateway:ack', { room: 'user:ann', id });
    const emitted = server.gateway.emitToUser('ann', 'note', 1, { confirm: { withinMs: LONG_MS } });
    await plain.received('note');
    const { id } = plain.events.find(({ name }) => name === 'note')?.args[1] as { id: string };
    expect(await acknowledge(id.replace('.', '.x'))).toMatchObject({ ok: true });
    expect(browserTimes()).toEqual([]);
    expect(await acknowledge(id.replace(/^\d+/, '1000000000000'))).toMatchObject({ ok: true });
    expect(await acknowledge(id)).toMatchObject({ ok: true });
    expect(await emitted).toMatchObject({ delivered: true });
    expect(browserTimes()).toEqual([]);
  });

  it('with which codes its emits fail', async () => {
    const server = await start();
    const failed = (code: string): number => metrics.count('failed_emits_total', { code });
    const job = jobLike();
    const old = new JobReporter(server.gateway).for(job);
    await old.started();
    await new JobReporter(server.gateway).for({ ...job }).started();
    expect(await old.completed()).toMatchObject({ status: 'failed' });
    expect(failed('FENCED')).toBeGreaterThan(0);
    await server.gateway.emitToUser('ann', 'big', 1n);
    await server.gateway.emitToUser('ann', '', 1);
    await server.gateway.emitToUsers(['ann', 'bob'], 'big', 1n);
    expect(failed('INVALID_EVENT')).toBe(4);
    await server.gateway.emitToUsers([], 'event', 1);
    expect(failed('INVALID_USER')).toBe(1);
  });

  it('how connections end when it does', async () => {
    const server = await start(redis.url, 300);
    await connectWith(server, 'ann');
    const leaving = await connectWith(server, 'bob');
    leaving.socket.on('gateway:draining', () => leaving.stop());
    await server.app.close();
    expect(metrics.count('drained_connections_total', { end: 'left' })).toBe(1);
    expect(metrics.count('drained_connections_total', { end: 'closed' })).toBe(1);
  });

  it('which messages it could not read, by where they came in', async () => {
    const server = await start();
    await connectWith(server, 'ann');
    const raw = new Redis(redis.url);
    resources.add({ stop: () => raw.disconnect() });
    const keys = new RoomKeys({ prefix, namespace: '/', database: 0 });
    await raw.publish(keys.channel('user:ann'), 'nonsense');
    await raw.publish(`${prefix}#/#user:ann#`, 'nonsense');
    await raw.publish(`${prefix}-request#/#`, 'nonsense');
    for (const source of ['room', 'broadcast', 'request']) {
      await waitFor(source, () => metrics.count('undecodable_messages_total', { source }) === 1);
    }
  });
});
