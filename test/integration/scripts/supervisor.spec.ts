import { startGuarded } from '../../../scripts/lib/guarded-process.mjs';
import { keepRunning } from '../../../scripts/lib/supervisor.mjs';
import { isAlive } from '../../support/scripts/is-alive.js';
import { waitFor } from '../../support/wait-for.js';

describe('the supervisor', () => {
  it('starts a process again that was killed, and leaves it alone when all is ending', async () => {
    const started: Awaited<ReturnType<typeof startGuarded>>[] = [];
    const said: string[] = [];
    let ending = false;
    await keepRunning({
      name: 'worker',
      start: async () => {
        const next = await startGuarded(process.execPath, { args: ['-e', 'setInterval(() => {}, 1000)'] });
        started.push(next);
        return next;
      },
      say: (text) => said.push(text),
      isEnding: () => ending,
      giveUp: (reason) => {
        throw reason;
      },
    });
    process.kill(started[0]?.pid ?? 0, 'SIGKILL');
    await waitFor('it runs again', () => started.length === 2);

    expect(said).toEqual([
      `The worker (pid ${started[0]?.pid}) has ended unexpectedly (SIGKILL); ` +
        'starting it again (1 of at most 5 times a minute).',
    ]);

    ending = true;
    await started[1]?.end();
    expect(started).toHaveLength(2);
    expect(isAlive(started[1]?.pid ?? 0)).toBe(false);
  });

  it('gives up after five restarts within a minute, and says so', async () => {
    let starts = 0;
    const reason = await new Promise((resolve, reject) => {
      keepRunning({
        name: 'worker',
        start: () => {
          starts++;
          return startGuarded(process.execPath, { args: ['-e', 'process.exit(3)'] });
        },
        say: () => undefined,
        isEnding: () => false,
        giveUp: resolve,
      }).catch(reject);
    });
    expect(starts).toBe(6);
    expect(String(reason)).toMatch(
      /The worker \(pid \d+\) has ended unexpectedly \(exit code 3\), 6 times within a minute/,
    );
  });
});
