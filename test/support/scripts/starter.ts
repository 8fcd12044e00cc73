import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const lib = fileURLToPath(new URL('../../../scripts/lib/', import.meta.url));

/** A process that starts others behind guards, so that a test can kill it. */
export interface Starter {
  process: ChildProcess;
  /** What the starter's script wrote as its first line, as JSON. */
  started: Record<string, unknown>;
  /** Everything that it and those it started wrote to stdout; complete once `closed` has resolved. */
  lines: string[];
  /** Resolves when nobody is left who could write. */
  closed: Promise<unknown>;
}

/** Runs a script that has `startGuarded` and `startRedisServer`, and that tells with console.log what it has started. */
export async function startStarter(script: string): Promise<Starter> {
  const imports = `
    import { startGuarded } from ${JSON.stringify(`${lib}guarded-process.mjs`)};
    import { startRedisServer } from ${JSON.stringify(`${lib}redis-server.mjs`)};
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', imports + script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // A process group of its own, as the one that a terminal has in its foreground.
    detached: true,
  });
  const lines: string[] = [];
  const reader = createInterface(child.stdout);
  const closed = once(reader, 'close');
  reader.on('line', (line) => lines.push(line));
  await Promise.race([once(reader, 'line'), closed]);
  const [first] = lines;
  if (first === undefined) throw new Error('The starter ended without a word');
  return { process: child, started: JSON.parse(first) as Record<string, unknown>, lines, closed };
}
