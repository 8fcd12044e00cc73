import { describeExit } from './guarded-process.mjs';
import { PlainError } from './say.mjs';

const RESTARTS_PER_MINUTE = 5;

/**
 * @typedef {object} KeepRunningOptions
 * @property {string} name as in "The <name> has ended"
 * @property {() => Promise<import('./guarded-process.mjs').GuardedProcess>} start
 * @property {(text: string) => void} say where restarts are announced
 * @property {() => boolean} isEnding whether its end is expected from now on
 * @property {(reason: unknown) => void} giveUp called once, when it has ended too often or cannot be started again
 */

/**
 * Keeps one process running: when it ends though nobody asked for it, this is said and it is started again, at most
 * five times within any minute.
 * @param {KeepRunningOptions} options
 * @returns {Promise<void>} once it runs
 * @throws what `start` throws the first time
 */
export async function keepRunning(options) {
  const first = await options.start();
  restartForEver(first, options).catch((reason) => {
    if (!options.isEnding()) options.giveUp(reason);
  });
}

/**
 * @param {import('./guarded-process.mjs').GuardedProcess} current
 * @param {KeepRunningOptions} options
 */
async function restartForEver(current, { name, start, say, isEnding }) {
  /** @type {number[]} */
  let restarts = [];
  for (;;) {
    const code = await current.exited;
    if (isEnding()) return;

    const now = performance.now();
    restarts = restarts.filter((at) => now - at < 60_000);
    const what = `The ${name} (pid ${current.pid}) has ended unexpectedly (${describeExit(code)})`;
    if (restarts.length >= RESTARTS_PER_MINUTE) {
      throw new PlainError(`${what}, ${restarts.length + 1} times within a minute: giving up.`);
    }
    restarts.push(now);
    say(`${what}; starting it again (${restarts.length} of at most ${RESTARTS_PER_MINUTE} times a minute).`);
    current = await start();
  }
}
