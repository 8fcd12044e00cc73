import { createWorkerEmitter, type CreateWorkerEmitterOptions } from 'nestjs-socket-gateway/worker';
import { startServerApplication } from '../../support/applications.js';
import { RecordingLogger } from '../../support/recording-logger.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
let redis: RedisProcess;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
});

afterAll(() => resources.stop());

/** Emits twice by a new worker, and returns its warnings once it has answered the second time. */
async function warningsOf(options: CreateWorkerEmitterOptions): Promise<string[]> {
  const logger = new RecordingLogger();
  const worker = createWorkerEmitter({ redis: redis.url, logger, ...options });
  resources.add({ stop: () => worker.close() });
  await worker.emitToUser('ann', 'first', 1);
  await worker.emitToUser('ann', 'second', 2);
  // The look-up was sent before the second emit, on the same connection: its answer has been read.
  await waitFor(
    'the answers to be handled',
    () => new Promise((resolve) => setImmediate(() => resolve(true))),
  );
  return logger.with('warn: ');
}

it('a worker says nothing while no server is up at all', async () => {
  expect(await warningsOf({ prefix: 'app' })).toEqual([]);
});

describe('with a server of prefix app and namespace /live', () => {
  beforeAll(async () => {
    await startServerApplication(resources, { redis: redis.url, prefix: 'app', namespace: '/live' });
    await waitFor('the server to listen', async () => (await warningsOf({ prefix: 'other' })).length > 0);
  });

  it('a worker of the same prefix and namespace says nothing', async () => {
    expect(await warningsOf({ prefix: 'app', namespace: 'live' })).toEqual([]);
  });

  it.each([
    ['prefix', { prefix: 'another', namespace: '/live' }],
    ['namespace', { prefix: 'app', namespace: '/' }],
  ])('a worker of another %s says once that nobody gets what it emits', async (_, options) => {
    const warnings = await warningsOf(options);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(`prefix '${options.prefix}' and namespace '${options.namespace}'`);
    expect(warnings[0]).toContain('app-presence#/live#v1');
  });
});
