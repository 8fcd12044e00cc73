import { startGuarded } from '../../../scripts/lib/guarded-process.mjs';
import { isAlive } from '../../support/scripts/is-alive.js';
import { waitFor } from '../../support/wait-for.js';
import { startStarter } from '../../support/scripts/starter.js';

const RUNS_UNTIL_KILLED = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";

describe('a guard', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'ends its command when the starter ends by %s',
    async (signal) => {
      const starter = await startStarter(`
      const { pid } = await startGuarded(process.execPath, { args: ['-e', 'setInterval(() => {}, 1000)'] });
      console.log(JSON.stringify({ pid }));
    `);
      const pid = starter.started['pid'] as number;
      expect(isAlive(pid)).toBe(true);

      starter.process.kill(signal);
      await starter.closed;
      expect(isAlive(pid)).toBe(false);
    },
  );

  it('ends what others need after the others, though nobody is left to coordinate it', async () => {
    const says = (name: string, lingerMs: number) =>
      `process.on('SIGTERM', () => setTimeout(() => { console.log('${name} has ended'); process.exit(); }, ${lingerMs}));
       setInterval(() => {}, 1000);
       console.log('${name} runs');`;
    const starter = await startStarter(`
      console.log('{}');
      const needed = await startGuarded(process.execPath, { args: ['-e', ${JSON.stringify(says('needed', 0))}] });
      const slow = ${JSON.stringify(says('slow', 300))};
      await startGuarded(process.execPath, { args: ['-e', slow], needs: [needed] });
    `);
    await waitFor('both run', () => starter.lines.filter((line) => line.endsWith(' runs')).length === 2);

    starter.process.kill('SIGKILL');
    await starter.closed;
    expect(starter.lines.slice(-2)).toEqual(['slow has ended', 'needed has ended']);
  });

  it('kills a command that does not end within its grace', async () => {
    const args = ['-e', `${RUNS_UNTIL_KILLED} console.log('ready')`];
    const stubborn = await startGuarded(process.execPath, { args, graceMs: 100, output: 'collect' });
    await waitFor('it refuses to end', () => stubborn.output().includes('ready'));
    expect(await stubborn.end()).toBe(137);
    expect(isAlive(stubborn.pid)).toBe(false);
  });

  it('ends what its command leaves behind', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      const left = spawn(process.execPath, ['-e', ${JSON.stringify(RUNS_UNTIL_KILLED)}], { stdio: 'ignore' });
      left.unref();
      console.log(left.pid);
    `;
    const guarded = await startGuarded(process.execPath, { args: ['-e', script], output: 'collect' });
    expect(await guarded.exited).toBe(0);
    const left = Number(guarded.output());
    expect(left).toBeGreaterThan(0);
    await waitFor('what was left behind is gone', () => !isAlive(left));
  });

  it('passes on the exit code of its command', async () => {
    const guarded = await startGuarded(process.execPath, { args: ['-e', 'process.exit(7)'] });
    expect(await guarded.exited).toBe(7);
  });

  it('says when its command cannot be run', async () => {
    await expect(startGuarded('/no/such/program')).rejects.toThrow('ENOENT');
  });

  it('keeps a Ctrl-C in the terminal from its command', async () => {
    const starter = await startStarter(`
      process.on('SIGINT', () => console.log('starter interrupted'));
      const command = "process.on('SIGINT', () => console.log('command interrupted')); setInterval(() => {}, 1000);";
      const { pid } = await startGuarded(process.execPath, { args: ['-e', command + "console.log('{}')"] });
    `);
    process.kill(-(starter.process.pid ?? NaN), 'SIGINT');
    await waitFor('the starter is interrupted', () => starter.lines.includes('starter interrupted'));

    starter.process.kill('SIGKILL');
    await starter.closed;
    expect(starter.lines).not.toContain('command interrupted');
  });
});
