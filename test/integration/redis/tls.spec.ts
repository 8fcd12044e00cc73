import { Redis } from 'ioredis';
import { startServerApplication, startWorkerApplication } from '../../support/applications.js';
import { CountedRooms } from '../../support/counted-rooms.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { TlsRedis } from '../../support/redis/tls-redis.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';

const resources = new Resources();
let redis: TlsRedis;

beforeAll(async () => {
  redis = resources.add(await TlsRedis.start());
}, 60_000);
afterAll(() => resources.stop());

describe('A Redis that is reached by TLS', () => {
  it('is used by a server that was given options and a worker that was given a client, before and after a restart', async () => {
    const prefix = uniquePrefix();
    const client = new Redis({ ...redis.options, lazyConnect: true });
    resources.add({ stop: () => client.disconnect() });
    const server = await startServerApplication(resources, { redis: redis.options, prefix });
    const { emitter } = await startWorkerApplication(resources, { redis: client, prefix });
    const rooms = new CountedRooms({ resources, emitter, url: server.url });
    const member = await rooms.join();
    // One after the other, and all at once: these are written in different ways.
    expect(await emitter.emitToUser('ada', 'alone', 1)).toMatchObject({ status: 'published', servers: 1 });
    for (let n = 0; n < 20; n++) void rooms.emitToAll();
    await member.hasAll();
    redis.process.pause();
    await rooms.emitUntilQueued();
    redis.process.resume();
    await rooms.emitUntilPublished();
    await member.hasAll();
    await redis.process.restart();
    await rooms.emitUntilPublished();
    await member.hasAll();
    member.leave();
  }, 60_000);

  it('is away for who does not trust its certificate: that is said without the password, and emits wait', async () => {
    const logger = new RecordingLogger();
    const options = { redis: redis.url, prefix: uniquePrefix(), emitTimeoutMs: 500 };
    const { emitter } = await startWorkerApplication(resources, options, { logger });
    expect(await emitter.emitToUser('ada', 'hello', 1)).toMatchObject({ status: 'queued' });
    expect(logger.output).toContain(
      `Redis at localhost:${redis.port} is away (emit): DEPTH_ZERO_SELF_SIGNED_CERT`,
    );
    expect(logger.output).not.toContain('correct-horse');
  });
});
