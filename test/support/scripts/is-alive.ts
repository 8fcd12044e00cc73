import { readFileSync } from 'node:fs';

/** Whether a process with this id runs. One that has ended and that its parent has not yet asked about does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // The state follows the name, which stands in parentheses and may contain some itself.
    return !/\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // Where there is no /proc, we have only the first answer.
    return process.platform !== 'linux';
  }
}
