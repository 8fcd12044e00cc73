import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const FIXTURES = new URL('../e2e/fixtures/', import.meta.url);

/**
 * Runs a program of the folder `fixtures` to its own end and resolves with what it wrote.
 *
 * @throws (rejects) when it fails, or has not ended by itself after 15 s
 */
export async function runFixture(
  fixture: string,
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL(fixture, FIXTURES)), ...args],
    { env: { PATH: process.env['PATH'], ...env }, timeout: 15_000, killSignal: 'SIGKILL' },
  );
  return stdout;
}
