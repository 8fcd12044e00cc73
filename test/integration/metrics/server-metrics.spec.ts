import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import * as promClient from 'prom-client';
import { prometheusMetrics, type SocketGatewayOptions } from 'nestjs-socket-gateway';
import type { GatewayApp } from '../../support/gateway-app.js';
import { connectWith, positionIn, startDurableServer } from '../../support/durable-server.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
let redis: RedisProcess;
let raw: Redis;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  raw = new Redis(redis.url);
  resources.add({ stop: () => raw.disconnect() });
});
afterAll(() => resources.stop());

interface Site {
  readonly server: GatewayApp;
  readonly metrics: RecordedMetrics;
  emit: (count: number) => Promise<void>;
}

async function start(options: Partial<SocketGatewayOptions> = {}, url: string = redis.url): Promise<Site> {
  const metrics = new RecordedMetrics();
  const server = resources.add(await startDurableServer(url, uniquePrefix(), { metrics, ...options }));
  const emit = async (count: number): Promise<void> => {
    for (let number = 1; number <= count; number++) {
      expect((await server.gateway.emitToUser('ann', 'number', number)).status).toBe('published');
    }
  };
  return { server, metrics, emit };
}

describe('A server measures', () => {
  it('who is connected, and which handshakes it refused', async () => {
    const { server, metrics } = await start();
    const ann = await connectWith(server, 'ann');
    await connectWith(server, 'ann');
    await connectWith(server, 'bob');
    const refused = server.connect('eve', { auth: { token: 'nonsense' } });
    await expect(refused).rejects.toThrow('TOKEN_INVALID');
    expect(metrics.value('connections')).toBe(3);
    expect(metrics.value('users')).toBe(2);
    // Two users' rooms, and the control room.
    expect(metrics.value('rooms')).toBe(3);
    expect(metrics.count('handshakes_total', { result: 'accepted' })).toBe(3);
    expect(metrics.count('handshakes_total', { result: 'TOKEN_INVALID' })).toBe(1);
    ann.stop();
    await waitFor('two connections', () => metrics.value('connections') === 2);
  });

  it('what it delivers, to how many sockets, and how long after the append', async () => {
    const { server, metrics, emit } = await start();
    const [one, other] = [await connectWith(server, 'ann'), await connectWith(server, 'ann')];
    await emit(40);
    await one.received('number', 40);
    await other.received('number', 40);
    expect(metrics.count('delivered_events_total', { delivery: 'durable' })).toBe(80);
    const times = metrics.observed('append_to_socket_seconds');
    expect(times).toHaveLength(3);
    for (const seconds of times) expect(seconds).toBeLessThan(10);
    await server.gateway.emitToUser('ann', 'progress', 1, { delivery: 'latest' });
    await one.received('progress');
    expect(metrics.count('delivered_events_total', { delivery: 'latest' })).toBe(2);
    await connectWith(server, 'ann');
    expect(metrics.count('delivered_events_total', { delivery: 'latest' })).toBe(3);
  });

  it('how sockets attach, what they are replayed, and which gaps they are told of', async () => {
    const { server, metrics, emit } = await start({ maxReplay: 5 });
    const ann = await connectWith(server, 'ann');
    expect(metrics.count('attaches_total', { result: 'present' })).toBe(1);
    await emit(1);
    await ann.received('number');
    const positions = { 'user:ann': positionIn(ann, 'user:ann') };
    ann.stop();
    await emit(3);
    const back = await connectWith(server, 'ann', { positions });
    expect(back.payloads('number')).toHaveLength(3);
    expect(metrics.count('attaches_total', { result: 'recovered' })).toBe(1);
    expect(metrics.count('replayed_events_total')).toBe(3);
    back.stop();
    await emit(9);
    await connectWith(server, 'ann', { positions });
    expect(metrics.count('attaches_total', { result: 'gap' })).toBe(1);
    expect(metrics.count('gaps_total', { reason: 'limit' })).toBe(1);
    expect(metrics.count('replayed_events_total')).toBe(8);
  });

  it('when it hears Redis anew, and which holes it fills', async () => {
    const { server, metrics, emit } = await start();
    const ann = await connectWith(server, 'ann');
    await emit(1);
    await ann.received('number');
    const holes = metrics.count('holes_filled_total');
    await raw.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await emit(1);
    await ann.received('number', 2);
    await waitFor('a reconnect', () => metrics.count('feed_reconnects_total') === 1);
    await waitFor('a filled hole', () => metrics.count('holes_filled_total') === holes + 1);
  });

  it('its emits by delivery and status, and how long they take', async () => {
    const { server, metrics, emit } = await start();
    await emit(2);
    await server.gateway.emitToUser('ann', 'once', 1, { dedupeKey: 'a' });
    await server.gateway.emitToUser('ann', 'once', 1, { dedupeKey: 'a' });
    await server.gateway.broadcast('all', 1);
    await server.gateway.emitToUsers(['ann', 'bob'], 'progress', 1, { delivery: 'latest' });
    await server.gateway.emitToUser('ann', 'big', 1n);
    await server.gateway.emitToUser('ann', '', 1);
    await server.gateway.emitToUsers([], 'event', 1);
    const count = (delivery: string, status: string): number =>
      metrics.count('emits_total', { delivery, status });
    expect(count('durable', 'published')).toBe(3);
    expect(count('durable', 'duplicate')).toBe(1);
    expect(count('live', 'published')).toBe(1);
    expect(count('latest', 'published')).toBe(2);
    expect(count('durable', 'failed')).toBe(1);
    expect(count('none', 'failed')).toBe(2);
    expect(metrics.observed('emit_duration_seconds', { delivery: 'durable' })).toHaveLength(5);
    const failures = (code: string): number => metrics.count('failed_emits_total', { code });
    expect([failures('INVALID_EVENT'), failures('INVALID_USER')]).toEqual([2, 1]);
    await server.gateway.emitToUsers(['ann', 'bob'], '', 1);
    expect([failures('INVALID_EVENT'), count('none', 'failed')]).toEqual([4, 4]);
  });

  it('whether Redis is there, on both connections', async () => {
    const own = resources.add(await RedisProcess.start());
    const { metrics } = await start({}, own.url);
    const up = (): (number | undefined)[] =>
      ['publish', 'subscribe'].map((connection) => metrics.value('redis_up', { connection }));
    await waitFor('both up', () => up().join() === '1,1');
    await own.kill();
    await waitFor('both down', () => up().join() === '0,0');
  });

  it('how long the event loop was blocked since the last look', async () => {
    const { metrics } = await start();
    metrics.value('event_loop_delay_seconds');
    await waitFor('a look at the loop', async () => {
      // It is looked at every 20 ms: a few times before, and once after it was blocked.
      await delay(100);
      const end = performance.now() + 300;
      while (performance.now() < end);
      await delay(100);
      return (metrics.value('event_loop_delay_seconds') ?? 0) > 0.2;
    });
  });

  it('nothing any more once it is closed', async () => {
    const { server, metrics } = await start();
    expect(metrics.value('connections')).toBe(0);
    await server.stop();
    for (const name of ['connections', 'users', 'rooms', 'event_loop_delay_seconds'] as const)
      expect(metrics.value(name)).toBeUndefined();
    expect(metrics.value('redis_up', { connection: 'publish' })).toBeUndefined();
  });

  it('with prom-client, one register for two servers', async () => {
    const register = new promClient.Registry();
    const metrics = prometheusMetrics(promClient, { register });
    const one = await start({ metrics });
    const other = await start({ metrics: prometheusMetrics(promClient, { register }) });
    await connectWith(one.server, 'ann');
    await connectWith(other.server, 'ann');
    await other.emit(2);
    const page = await register.metrics();
    expect(page).toContain('\nsocket_gateway_connections 2\n');
    expect(page).toContain('socket_gateway_emits_total{delivery="durable",status="published"} 2');
    expect(page).toContain('socket_gateway_handshakes_total{result="accepted"} 2');
    expect(page).toContain('socket_gateway_redis_up{connection="subscribe"} 1');
    expect(page).toContain('socket_gateway_emit_duration_seconds_count{delivery="durable"} 2');
    expect(page).toContain('socket_gateway_append_to_socket_seconds_count 1');
    expect(page).toContain('socket_gateway_undecodable_messages_total{source="room"} 0');
    expect(page).toMatch(/^socket_gateway_ready [01]$/m);
  });
});
