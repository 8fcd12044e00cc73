import { AppProcess } from '../../support/app-process.js';
import { RedisProcess } from '../../support/redis/redis-process.js';
import { Resources } from '../../support/resources.js';
import { uniquePrefix } from '../../support/unique-prefix.js';
import { waitFor } from '../../support/wait-for.js';

interface Report {
  readonly step: 'begun' | 'done';
  readonly data: unknown;
  readonly attempt: number;
  readonly id: string;
}

const resources = new Resources();
const options = { claimIdleMs: 1000, backoffMs: 1 };
let env: Record<string, string>;

beforeAll(async () => {
  const redis = resources.add(await RedisProcess.start());
  env = { REDIS_URL: redis.url };
});
afterAll(() => resources.stop());
beforeEach(() => {
  env = { ...env, SOCKET_REDIS_CHANNEL: uniquePrefix() };
});

async function start(): Promise<{ app: AppProcess; reports: Report[] }> {
  const app = resources.add(await AppProcess.start('undelivered.mjs', env));
  const reports: Report[] = [];
  app.onReport((report) => reports.push(report as Report));
  return { app, reports };
}

describe('Undelivered events of processes that are killed', () => {
  it('are handled by another process when kill -9 ends the one that handles them', async () => {
    const [emitter, first, second] = [await start(), await start(), await start()];
    // It would take the whole test.
    await first.app.call('handle', 600_000, options);
    for (const n of [1, 2, 3]) {
      await emitter.app.call('emit', 'ada', 'note', n, { fallback: { afterMs: 1 } });
    }
    await waitFor('the first one has begun with all', () => first.reports.length === 3);
    await first.app.stop();
    await second.app.call('handle', 0, options);
    const done = await waitFor('the other one has handled them', () => {
      const all = second.reports.filter(({ step }) => step === 'done');
      return all.length >= 3 && all;
    });
    expect(done.map(({ data }) => data).sort()).toEqual([1, 2, 3]);
    expect(done.map(({ attempt }) => attempt)).toEqual([2, 2, 2]);
    // The same events: what must not happen twice can be told by their ids.
    expect(done.map(({ id }) => id).sort()).toEqual(first.reports.map(({ id }) => id).sort());
  });

  it('stay with a process whose handler takes longer than the lease, as long as it lives', async () => {
    // A process that stands still for as long as its lease has lost it.
    const patient = { ...options, claimIdleMs: 5000 };
    const [first, second] = [await start(), await start()];
    await first.app.call('handle', 1.5 * patient.claimIdleMs, patient);
    await first.app.call('emit', 'ada', 'note', 'slow', { fallback: { afterMs: 1 } });
    await waitFor('it has begun', () => first.reports.length === 1);
    await second.app.call('handle', 0, patient);
    await waitFor('it is done', () => first.reports.some(({ step }) => step === 'done'), 20_000);
    // What is due later, and is handled by either, shows that the second one has looked meanwhile.
    await second.app.call('emit', 'ada', 'note', 'last', { fallback: { afterMs: 1 } });
    const all = (): Report[] => [...first.reports, ...second.reports];
    await waitFor('the last one', () => all().some(({ data }) => data === 'last'));
    expect(all().filter(({ data, step }) => data === 'slow' && step === 'begun')).toHaveLength(1);
  }, 40_000);

  it('are handled when their emitter has died right after the append', async () => {
    const [emitter, handler] = [await start(), await start()];
    await emitter.app
      .outcome('emitAndDie', 'ada', 'note', 'orphan', { fallback: { afterMs: 1 } })
      .catch(() => undefined);
    expect(emitter.app.isRunning).toBe(false);
    await handler.app.call('handle', 0, options);
    await waitFor('it is handled', () => handler.reports.some(({ step }) => step === 'done'));
    expect(handler.reports[0]).toMatchObject({ data: 'orphan', attempt: 1 });
  });
});
