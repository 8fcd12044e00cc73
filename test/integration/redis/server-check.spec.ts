import { Redis } from 'ioredis';
import { RedisSubscriber, type IdentifyServer } from '../../../src/redis/index.js';
import { DEFAULT_ROOM_LOG_LIMITS, RedisRoomLog } from '../../../src/room-log/index.js';
import { RedisConnections } from '../../support/redis/redis-connections.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait-for.js';

const CHANNELS = ['a', 'b'];

let resources: Resources;
let connections: RedisConnections;
let one: RedisProcess;
let other: RedisProcess;
let proxy: TcpProxy;

beforeEach(async () => {
  resources = new Resources();
  one = resources.add(await RedisProcess.start());
  other = resources.add(await RedisProcess.start());
  proxy = resources.add(await TcpProxy.start(one.port));
  connections = new RedisConnections();
  resources.add({ stop: () => connections.close() });
});

afterEach(() => resources.stop());

function subscriberWith(
  identify: IdentifyServer,
  url = proxy.url,
): { told: string[]; subscriber: RedisSubscriber } {
  const subscriber = new RedisSubscriber(connections.to(url, { name: 'subscribe' }), connections.causes, {
    identify,
  });
  resources.add({ stop: () => subscriber.close() });
  const told: string[] = [];
  subscriber.onConfirmed((_, names) => told.push(...names));
  subscriber.subscribe('channel', CHANNELS);
  return { told, subscriber };
}

function logAt(url: string): RedisRoomLog {
  const log = new RedisRoomLog({
    connection: connections.to(url, { name: 'log' }),
    scope: { prefix: 'check', namespace: '/', database: 0 },
    limits: DEFAULT_ROOM_LOG_LIMITS,
    causes: connections.causes,
  });
  log.open();
  return log;
}

describe('the server that is subscribed to', () => {
  it('is the one that the log is on, or nothing is subscribed until it is', async () => {
    proxy.leadTo(other.port);
    const log = logAt(one.url);
    const { told, subscriber } = subscriberWith((runId) => log.isOn(runId));
    await waitFor('another attempt', () => proxy.linkCount >= 3);
    expect(subscriber.isReady).toBe(false);
    expect(told).toEqual([]);
    expect(connections.causes.counts.get('other-redis')).toBeGreaterThan(0);
    proxy.leadTo(one.port);
    await waitFor('the subscriptions', () => subscriber.isReady);
    expect(told).toEqual(CHANNELS);
  });

  it('is left when the log turns out to be on another one', async () => {
    const wall = resources.add(await TcpProxy.start(one.port));
    const log = logAt(wall.url);
    const { told, subscriber } = subscriberWith((runId) => log.isOn(runId));
    log.onReady(() => subscriber.checkServer());
    await waitFor('the subscriptions', () => subscriber.isReady);
    wall.leadTo(other.port);
    proxy.leadTo(other.port);
    const admin = new Redis(one.url);
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    admin.disconnect();
    await waitFor('the subscriptions, there', () => told.length === 4);
    expect(subscriber.isReady).toBe(true);
    const there = new Redis(other.url);
    expect(await there.publish('a', '1')).toBe(1);
    there.disconnect();
  });

  it('is waited for, on one connection, while the log is away', async () => {
    const log = { isBack: undefined as true | undefined };
    let asked = 0;
    const { subscriber } = subscriberWith(() => {
      asked++;
      return log.isBack;
    });
    // 100 ms each: for longer than a wrong server is borne with.
    await waitFor('many questions', () => asked > 15);
    expect(proxy.linkCount).toBe(1);
    expect(subscriber.isReady).toBe(false);
    log.isBack = true;
    await waitFor('the subscriptions', () => subscriber.isReady);
    expect(proxy.linkCount).toBe(1);
  });

  it('is told by its run_id, before anything is subscribed, at every connection', async () => {
    const asked: unknown[] = [];
    const { subscriber } = subscriberWith((runId) => {
      asked.push([runId, subscriber.isConfirmed('channel', 'a')]);
      return true;
    });
    await waitFor('the subscriptions', () => subscriber.isReady);
    await one.restart();
    await waitFor('the loss to be noticed', () => asked.length === 2);
    await waitFor('the subscriptions again', () => subscriber.isReady);
    expect(asked).toEqual([
      [expect.stringMatching(/^[0-9a-f]{40}$/), false],
      [expect.stringMatching(/^[0-9a-f]{40}$/), false],
    ]);
    expect(new Set(asked.map(String)).size).toBe(2);
  });

  it('is not known, and may be right, where INFO is not allowed', async () => {
    const admin = new Redis(one.url);
    await admin.acl('SETUSER', 'narrow', 'on', '>word', '+@all', '-info', '~*', 'allchannels');
    admin.disconnect();
    const asked: unknown[] = [];
    const { subscriber } = subscriberWith((runId) => {
      asked.push(runId);
      return true;
    }, `redis://narrow:word@127.0.0.1:${one.port}`);
    await waitFor('the subscriptions', () => subscriber.isReady);
    expect(asked).toEqual([undefined]);
    const log = logAt(one.url);
    await waitFor('the log', () => log.isReady);
    expect(log.isOn(undefined)).toBe(true);
  });
});
