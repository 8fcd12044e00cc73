import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { projectRoot } from './project.mjs';

const guardFile = fileURLToPath(new URL('./guard.mjs', import.meta.url));
const OUTPUT_TAIL_CHARS = 8_000;

/**
 * What a guard is told to do.
 * @typedef {object} GuardOrder
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string} [argv0] the name under which the command is run, where it differs from its file's
 * @property {number} graceMs how long the command may take to end by itself before it is killed
 * @property {string} [removeDir] a folder that is removed when the command has ended
 */

/**
 * @typedef {object} GuardedProcessOptions
 * @property {readonly string[]} [args]
 * @property {string} [argv0] the name under which the command is run, where it differs from its file's
 * @property {string} [cwd] default: the project's folder
 * @property {NodeJS.ProcessEnv} [env] default: ours
 * @property {number} [graceMs] from the order to end to SIGKILL; default 5000
 * @property {string} [removeDir] a folder that is removed when the command has ended
 * @property {'inherit' | 'collect'} [output] where stdout and stderr go; `collect` keeps their tail for `output()`
 * @property {readonly GuardedProcess[]} [needs] these are not ended before this one has ended
 */

/**
 * A running command that does not outlive us.
 * @typedef {object} GuardedProcess
 * @property {number} pid of the command itself
 * @property {Promise<number>} exited its exit code, 128 + n when signal n ended it; never rejects
 * @property {() => boolean} isRunning
 * @property {() => string} output what it wrote last, with `output: 'collect'`
 * @property {() => Promise<number>} end orders it to end: SIGTERM, and SIGKILL after the grace; resolves as `exited`
 * @property {() => void} hurry ends the grace of one that was ordered to end
 * @property {import('node:stream').Writable} lifeline the guard ends the command when all holders of this are gone
 */

/**
 * Starts a command behind a guard: it and all that it starts in its process group end when we end, even by kill -9.
 * Signals of the terminal do not reach it.
 *
 * @param {string} command
 * @param {GuardedProcessOptions} [options]
 * @returns {Promise<GuardedProcess>} once it runs
 * @throws when the command cannot be run
 */
export async function startGuarded(command, options = {}) {
  const collect = options.output === 'collect';
  const order = /** @type {GuardOrder} */ ({
    command,
    args: options.args ?? [],
    argv0: options.argv0,
    graceMs: options.graceMs ?? 5_000,
    removeDir: options.removeDir,
  });
  const output = collect ? 'pipe' : 'inherit';
  const guard = spawn(process.execPath, [guardFile, JSON.stringify(order)], {
    cwd: options.cwd ?? projectRoot,
    env: options.env ?? process.env,
    detached: true,
    stdio: ['pipe', output, output, 'ipc', ...(options.needs ?? []).map((other) => other.lifeline)],
  });

  let tail = '';
  for (const stream of [guard.stdout, guard.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text) => (tail = (tail + text).slice(-OUTPUT_TAIL_CHARS)));
  }

  let running = true;
  /** @type {Promise<number>} */
  const exited = new Promise((resolve) => {
    // `close` and not `exit`: by then the output is complete.
    guard.once('close', (code, signal) => {
      running = false;
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  const lifeline = /** @type {import('node:stream').Writable} */ (guard.stdin);
  // The guard may be gone first.
  lifeline.on('error', () => {});

  const pid = await pidOfCommand(guard, exited);

  return {
    pid,
    exited,
    lifeline,
    isRunning: () => running,
    output: () => tail,
    end() {
      // Not `end()`: that shuts the pipe down for all its holders at once, and we only let go of our part.
      lifeline.destroy();
      return exited;
    },
    hurry() {
      guard.kill('SIGTERM');
    },
  };
}

/**
 * @param {import('node:child_process').ChildProcess} guard
 * @param {Promise<number>} exited
 * @returns {Promise<number>}
 */
function pidOfCommand(guard, exited) {
  return new Promise((resolve, reject) => {
    guard.once('error', reject);
    guard.once('message', (/** @type {{ pid?: number, error?: string }} */ message) => {
      if (message.pid !== undefined) resolve(message.pid);
      else reject(new Error(message.error));
    });
    void exited.then((code) => reject(new Error(`The guard ended with ${code} before its command ran`)));
  });
}

/**
 * A code as `GuardedProcess.exited` gives it, in words.
 * @param {number} code
 * @returns {string}
 */
export function describeExit(code) {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return signal === undefined ? `exit code ${code}` : signal;
}
