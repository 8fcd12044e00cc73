import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppProcess } from '../support/app-process.js';
import { connectClient, type TestClient } from '../support/connect-client.js';
import { startWorker } from '../support/gateway-processes.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { Resources } from '../support/resources.js';
import { waitFor } from '../support/wait-for.js';
import { chaosForm } from './support/form.js';
import { askRedis } from './support/room-logs.js';
import { subscribersOf } from './support/site.js';
import { recordTrial } from './support/trials.js';
import { startWatchedServer } from './support/watched-server.js';

const form = chaosForm();
const PREFIX = 'flooded';
const USERS = ['ann', 'bob', 'cleo'];
const MEGABYTES = 60;
const PER_MEGABYTE = 5;
const DEADLINE_MS = 60_000;

const resources = new Resources();
let redis: RedisProcess;
let server: AppProcess;
let worker: AppProcess;
let clients: TestClient[];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nestjs-socket-gateway-flooded-'));
  resources.add({ stop: () => rm(folder, { recursive: true }) });
  // With its own limits: it closes a subscriber for which 32 MB wait.
  redis = resources.add(await RedisProcess.start());
  const env = { REDIS_URL: redis.url, SOCKET_REDIS_CHANNEL: PREFIX };
  server = await startWatchedServer(resources, env);
  worker = await startWorker(resources, { ...env, EMIT_TIMEOUT_MS: '10000' });
  const url = await server.call<string>('url');
  clients = await Promise.all(USERS.map(async (user) => resources.add(await connectClient(url, user))));
}, 60_000);
afterAll(() => resources.stop());

it.each(Array.from({ length: form.rounds }, (_, index) => index + 1))(
  `a server that is blocked while ${MEGABYTES} MB are published to it delivers everything durable afterwards, in order (round %d)`,
  async (round) => {
    const before = [...(await subscribersOf(redis.url))];
    expect(before).toHaveLength(1);
    const flag = join(folder, `${round}.flag`);
    const blocked = server.call<number>('blockUntil', flag, form.blockedMs, 60_000);
    const emitted: string[] = [];
    try {
      // It cannot say that it is blocked.
      await delay(100);
      await askRedis(redis.url, async (noisy) => {
        for (let sent = 0; sent < MEGABYTES; sent++) {
          await noisy.publish(`${PREFIX}#/#user:ann#`, Buffer.alloc(2 ** 20, sent));
          for (let index = 0; index < PER_MEGABYTE; index++) {
            const data = `${round}.${sent}.${index}`;
            const results = USERS.map((user) => worker.call('emitToUser', user, 'kept', data));
            for (const result of await Promise.all(results))
              expect(result).toMatchObject({ status: 'published' });
            emitted.push(data);
          }
        }
      });
      await waitFor('Redis to close the subscription', async () => {
        const left = await subscribersOf(redis.url);
        return before.every((id) => !left.has(id));
      });
    } finally {
      await writeFile(flag, '');
    }
    const blockedMs = await blocked;
    const startedAt = performance.now();
    const ofRound = (client: TestClient): unknown[] =>
      client.payloads('kept').filter((data) => String(data).startsWith(`${round}.`));
    for (const client of clients) {
      await waitFor('everything', () => ofRound(client).length >= emitted.length, DEADLINE_MS);
      expect(ofRound(client)).toEqual(emitted);
      expect(client.payloads('gateway:gap')).toEqual([]);
      expect(client.disconnectCount).toBe(0);
    }
    recordTrial({
      trial: 'A blocked server that is flooded until Redis closes its subscription',
      extent: `${MEGABYTES} MB and ${USERS.length * emitted.length} durable events`,
      result: `blocked for ${(blockedMs / 1000).toFixed(1)} s: 0 lost, 0 out of order, 0 gaps, 0 disconnects; complete ${((performance.now() - startedAt) / 1000).toFixed(1)} s later`,
    });
  },
  180_000,
);
