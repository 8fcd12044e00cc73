import { FeedProbe } from '../../../src/health/index.js';
import { RedisSubscriber } from '../../../src/redis/index.js';
import { DeafProxy } from '../../support/deaf-proxy.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RedisConnections } from '../../support/redis/redis-connections.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

let resources: Resources;
let redis: RedisProcess;
let proxy: DeafProxy;
let connections: RedisConnections;

beforeEach(async () => {
  resources = new Resources();
  redis = resources.add(await RedisProcess.start());
  proxy = resources.add(await DeafProxy.start(redis.port));
  connections = new RedisConnections();
  resources.add({ stop: () => connections.close() });
});
afterEach(() => resources.stop());

interface Probed {
  readonly probe: FeedProbe;
  readonly metrics: RecordedMetrics;
  /** How often the connection that hears was made. */
  readonly madeCount: () => number;
}

/** Through the proxy, and often: all that is promised of seconds is shown in parts of them. */
function start(everyMs = 150): Probed {
  const metrics = new RecordedMetrics();
  const connection = connections.to(proxy.url, { name: 'publish' });
  const listening = connections.to(proxy.url, { name: 'subscribe' });
  let made = 0;
  listening.onReady(() => made++);
  const subscriber = new RedisSubscriber(listening, connections.causes);
  const presence = { prefix: uniquePrefix(), namespace: '/' };
  const { causes } = connections;
  const probe = new FeedProbe({ connection, subscriber, presence, causes, metrics, everyMs });
  connection.open();
  resources.add({
    stop: async () => {
      probe.close();
      await subscriber.close();
    },
  });
  return { probe, metrics, madeCount: () => made };
}

describe('The probe of the feed', () => {
  it('is heard as soon as there is a connection, and again and again', async () => {
    const { probe, metrics } = start();
    expect(probe.state).toBe('starting');
    await waitFor('a probe', () => probe.state === 'heard');
    await waitFor('an age', () => (metrics.value('probe_age_seconds') ?? 0) > 0.05);
    await waitFor('another probe', () => (metrics.value('probe_age_seconds') ?? 1) < 0.05);
  });

  it('finds a connection that answers and hears nothing, and makes it anew until it hears', async () => {
    const { probe, madeCount } = start();
    await waitFor('a probe', () => probe.state === 'heard');
    proxy.isDeaf = true;
    await waitFor('a new connection', () => madeCount() > 1);
    await waitFor('to be known as deaf', () => probe.state === 'deaf');
    expect(connections.logger.with('hears nothing').length).toBeGreaterThan(0);
    proxy.isDeaf = false;
    await waitFor('to be healed', () => probe.state === 'heard');
  });

  it('makes it anew less and less often while that does not help', async () => {
    const { probe, madeCount } = start(50);
    await waitFor('a probe', () => probe.state === 'heard');
    proxy.isDeaf = true;
    await waitFor('three new connections', () => madeCount() === 4);
    // After 2, 4 and 8 probes; the next one would be after 12.
    expect(connections.causes.counts.get('feed-deaf')).toBe(3);
  });

  it('leaves the connection alone when it is Redis that is away, and says so', async () => {
    const { probe } = start();
    await waitFor('a probe', () => probe.state === 'heard');
    await redis.kill();
    await waitFor('to know', () => probe.state === 'away');
    expect(connections.causes.counts.get('feed-deaf')).toBeUndefined();
    await redis.restart();
    await waitFor('a probe', () => probe.state === 'heard');
  });

  it('is away where Redis never was there', async () => {
    await redis.kill();
    const { probe } = start();
    await waitFor('to know', () => probe.state === 'away');
  });
});
