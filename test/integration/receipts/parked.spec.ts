import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { startWorkerApplication } from '../../support/applications.js';
import { RecordedMetrics } from '../../support/recorded-metrics.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

const resources = new Resources();
afterAll(() => resources.stop());

/** The commands of the page by their names, for another prefix: without the shell, and without redis-cli. */
function commandsOfDocs(prefix: string): Map<string, string[]> {
  const page = readFileSync(new URL('../../../docs/receipts.md', import.meta.url), 'utf8');
  const lines = page.matchAll(/^redis-cli (?:--raw )?(\w+) \$'([^']+)'([^#\n]*)/gm);
  const commands = [...lines].map(([, name = '', key = '', rest = '']): [string, string[]] => {
    const ownKey = key.replace('\\001', '\u0001').replace('socket-gateway', prefix);
    return [name, [ownKey, ...rest.trim().split(' ').filter(Boolean)]];
  });
  return new Map(commands);
}

describe('what was parked', () => {
  it('is read and taken away by the commands of docs/receipts.md', async () => {
    const redis = resources.add(await RedisProcess.start());
    const database = new Redis(redis.url);
    resources.add({ stop: () => database.disconnect() });
    const [prefix, metrics] = [uniquePrefix(), new RecordedMetrics()];
    const { emitter } = await startWorkerApplication(resources, { redis: redis.url, prefix, metrics });
    emitter.onUndelivered(() => Promise.reject(new Error('the mail server is away')), { attempts: 1 });
    const parkedCount = (): number => metrics.count('fallbacks_total', { result: 'parked' });
    for (const [before, user] of ['ann', 'bob', 'eve'].entries()) {
      await emitter.emitToUser(user, 'note', { of: user }, { fallback: { afterMs: 1 } });
      await waitFor('it is parked', () => parkedCount() > before);
    }

    const commands = commandsOfDocs(prefix);
    expect([...commands.keys()]).toEqual(['LLEN', 'LRANGE', 'LINDEX', 'RPOP', 'DEL']);
    const run = (name: string): Promise<unknown> => database.call(name, ...(commands.get(name) ?? []));
    expect(await run('LLEN')).toBe(3);
    const oldest = await run('LINDEX');
    expect(JSON.parse(String(oldest))).toEqual({
      id: expect.any(String) as string,
      room: 'user:ann',
      data: '"note",{"of":"ann"}',
      emittedAt: expect.any(Number) as number,
      attempt: 1,
      reason: 'the mail server is away',
    });
    expect(((await run('LRANGE')) as string[]).at(-1)).toBe(oldest);
    expect(await run('RPOP')).toBe(oldest);
    expect(await run('LLEN')).toBe(2);
    expect(await run('DEL')).toBe(1);
    expect(await run('LLEN')).toBe(0);
  });
});
