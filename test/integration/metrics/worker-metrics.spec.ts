import { startWorkerApplication } from '../../support/applications.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
afterAll(() => resources.stop());

describe('A worker measures', () => {
  it('its emits, whether Redis is there, and what waits for it, until it is closed', async () => {
    const redis = resources.add(await RedisProcess.start());
    const metrics = new RecordedMetrics();
    const options = { redis: redis.url, prefix: uniquePrefix(), shutdownTimeoutMs: 0, metrics };
    const { app, emitter } = await startWorkerApplication(resources, options);
    const isUp = (): number | undefined => metrics.value('redis_up', { connection: 'emit' });
    const count = (status: string): number => metrics.count('emits_total', { delivery: 'durable', status });
    expect(isUp()).toBe(0);

    await emitter.emitToUser('ann', 'event', 1);
    expect(count('published')).toBe(1);
    expect(isUp()).toBe(1);

    await redis.kill();
    await waitFor('to know', () => isUp() === 0);
    await emitter.emitToUser('ann', 'event', 2);
    expect(count('queued')).toBe(1);
    expect(metrics.value('outbox_events')).toBe(1);
    expect(metrics.value('outbox_bytes')).toBeGreaterThan(0);
    await waitFor('an age', () => (metrics.value('outbox_age_seconds') ?? 0) > 0);

    await app.close();
    expect(metrics.count('abandoned_events_total', { reason: 'shutdown' })).toBe(1);
    expect(isUp()).toBeUndefined();
    expect(metrics.value('event_loop_delay_seconds')).toBeUndefined();
  });
});
