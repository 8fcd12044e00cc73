import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { RedisIoAdapter } from 'nestjs-socket-gateway';
import { createWorkerEmitter, type WorkerEmitter } from 'nestjs-socket-gateway/worker';
import { RecordingLogger } from '../support/recording-logger.js';
import { codeBlocks } from '../support/docs/code-blocks.js';
import { startDurableServer } from '../support/durable-server.js';
import { published } from '../support/expected-replies.js';
import type { GatewayApp } from '../support/gateway-app.js';
import { RedisProcess } from '../support/redis/redis-process.js';
import { Resources } from '../support/resources.js';
import { waitFor } from '../support/wait-for.js';

const PREFIX = 'socket-gateway';
const LIVE = { delivery: 'live' } as const;
const USERS = ['gateway-server', 'gateway-worker'] as const;

const resources = new Resources();
const logger = new RecordingLogger();
let redis: RedisProcess;
let admin: Redis;
let isBefore7: boolean;
let servers: GatewayApp[];
let worker: WorkerEmitter;

beforeAll(async () => {
  redis = resources.add(await RedisProcess.start());
  admin = connect(redis.url);
  isBefore7 = /^redis_version:[0-6]\./m.test(await admin.info('server'));
  for (const rule of documentedRules()) {
    await admin.call('ACL', 'SETUSER', ...rule.filter((word) => !isBefore7 || word !== '+quit'));
  }
  // Nobody gets in without being one of them.
  const asAdmin = ['admin', 'on', '>admin-secret', '~*', '&*', '+@all'];
  await admin.call('ACL', 'SETUSER', ...asAdmin);
  await admin.auth('admin', 'admin-secret');
  await admin.call('ACL', 'SETUSER', 'default', 'off');
  servers = await Promise.all([0, 1].map(() => startDurableServer(urlOf('gateway-server'), PREFIX)));
  for (const server of servers) resources.add(server);
  worker = createWorkerEmitter({ redis: urlOf('gateway-worker'), prefix: PREFIX, logger });
  resources.add({ stop: () => worker.close() });
});
afterAll(() => resources.stop());

/** The users of the page, as ACL SETUSER takes them. */
function documentedRules(): string[][] {
  const docs = fileURLToPath(new URL('../../docs', import.meta.url));
  const blocks = codeBlocks(docs, 'acl').filter(({ page }) => page === 'redis-acl');
  return blocks.flatMap(({ code }) =>
    code
      .trim()
      .split('\n')
      .map((line) => line.split(' ').slice(1)),
  );
}

function urlOf(user: (typeof USERS)[number]): string {
  return `redis://${user}:gateway-secret@127.0.0.1:${redis.port}`;
}

function connect(url: string): Redis {
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  client.on('error', () => undefined);
  resources.add({ stop: () => client.disconnect() });
  return client;
}

/** What Redis has refused to anybody since the last reset. */
async function refusals(): Promise<string[]> {
  const log = (await admin.call('ACL', 'LOG')) as unknown[];
  // The client introduces itself by CLIENT SETINFO, and does without when it may not. Redis 6 names the command only.
  const introduction = isBefore7 ? '"object","client"' : 'setinfo';
  return log.map((entry) => JSON.stringify(entry)).filter((entry) => !entry.includes(introduction));
}

describe('As the users of docs/redis-acl.md, servers and workers', () => {
  it('can do everything that they do', async () => {
    const [one, other] = servers as [GatewayApp, GatewayApp];
    await admin.call('ACL', 'LOG', 'RESET');
    const [ann, bob] = await Promise.all([one.connect('ann'), other.connect('bob')]);

    for (const emitter of [worker, one.gateway]) {
      const options = { clears: 'newest', dedupeKey: `key of ${emitter === worker ? 'worker' : 'server'}` };
      expect(await emitter.emitToUser('bob', 'newest', 1, { delivery: 'latest' })).toMatchObject({
        status: 'published',
      });
      expect(await emitter.emitToUser('bob', 'durable', 1, options)).toEqual(published(1));
      expect(await emitter.emitToUser('bob', 'durable', 1, options)).toMatchObject({ status: 'duplicate' });
      expect(await emitter.emitToUser('bob', 'live', 1, LIVE)).toEqual({ status: 'published' });
      expect(await emitter.broadcast('all', 1)).toEqual({ status: 'published' });
      expect(await emitter.isUserOnline('bob')).toBe(true);
      expect(await emitter.isUserOnline('nobody')).toBe(false);
      expect((await emitter.history('user:bob')).events.length).toBeGreaterThan(0);
    }
    for (const name of ['newest', 'durable', 'live', 'all']) await bob.received(name, 2, 10_000);
    const stop = worker.onUndelivered(() => Promise.resolve());
    const receipt = { confirm: { withinMs: 50 }, fallback: { afterMs: 50 } };
    expect(await worker.emitToUser('bob', 'asked', 1, receipt)).toMatchObject({ delivered: false });
    await new JobReporter(worker).for({ id: '1', queueName: 'q' }, { userId: 'bob' }).started({ total: 1 });
    await stop();
    // Of a size at which the log's memory is looked at.
    for (let n = 0; n < 64; n++) await worker.emitToUser('bob', 'large', 'x'.repeat(60_000));
    await bob.received('large', 64, 10_000);

    await worker.joinRoom({ userId: 'bob' }, 'lobby');
    await waitFor('bob to be in the lobby', async () => {
      await one.gateway.emitToRoom('lobby', 'in', 1, LIVE);
      return bob.payloads('in').length > 0;
    });
    await one.gateway.leaveRoom({ userId: 'bob' }, 'lobby');
    expect(await one.app.get(RedisIoAdapter).namespace?.in('user:bob').fetchSockets()).toHaveLength(1);
    await worker.revokeUser('bob');
    await waitFor('bob to be disconnected', () => bob.disconnectCount === 1);
    await one.gateway.disconnectUser('ann');
    await waitFor('ann to be disconnected', () => ann.disconnectCount === 1);

    const again = await other.connect('cleo');
    expect(again.socket.connected).toBe(true);
    expect(await refusals()).toEqual([]);
  }, 60_000);

  describe.each(USERS)('as %s are refused', (user) => {
    it.each([
      ['FLUSHALL'],
      ['FLUSHDB'],
      ['CONFIG', 'GET', '*'],
      ['CONFIG', 'SET', 'maxmemory', '1'],
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['SHUTDOWN'],
      ['MONITOR'],
      ['SCRIPT', 'FLUSH'],
      ['CLIENT', 'LIST'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['ACL', 'LIST'],
      ['REPLICAOF', 'NO', 'ONE'],
      ['MODULE', 'LIST'],
      ['HGETALL', '{other#/#user:ann}:1tail'],
      ['HGETALL', `{${PREFIX}-two#/#user:ann}:1tail`],
      ['HSET', 'bull:queue:1', 'a', 'b'],
      ['GET', `{${PREFIX}#/#user:ann}:1tail`],
      ['DEL', `{${PREFIX}#/#user:ann}:1log`],
      ['EVAL', 'return redis.call("HGETALL", KEYS[1])', '1', 'bull:queue:1'],
      ['EVAL', 'return redis.call("HGETALL", "bull:queue:1")', '0'],
      ['EVAL', 'return redis.call("FLUSHALL")', '0'],
      ['PUBLISH', 'other#/#', 'x'],
      ['PUBLISH', '{other#/#user:ann}@0', 'x'],
      ['PUBLISH', `${PREFIX}-two#/#`, 'x'],
      ['SUBSCRIBE', 'other#/#'],
      ['PSUBSCRIBE', '*'],
      ['PSUBSCRIBE', `{${PREFIX}#/#*x`],
    ])('%s %s %s', async (...command) => {
      const client = connect(urlOf(user));
      const [name, ...args] = command.filter((word) => (word as string | undefined) !== undefined);
      await expect(client.call(name as string, ...args)).rejects.toThrow(
        /NOPERM|no permissions|can't access|can't run this command|ACL failure/i,
      );
    });
  });

  it('workers hear nothing', async () => {
    const client = connect(urlOf('gateway-worker'));
    await expect(client.call('SUBSCRIBE', `{${PREFIX}#/#user:ann}@0`)).rejects.toThrow(/NOPERM/);
    await expect(client.call('PSUBSCRIBE', `${PREFIX}#/#*`)).rejects.toThrow(/NOPERM/);
  });

  it('who is nobody gets nothing', async () => {
    const client = connect(redis.url);
    await expect(client.call('HGETALL', `{${PREFIX}#/#user:ann}:1tail`)).rejects.toThrow(/NOAUTH/);
  });
});
