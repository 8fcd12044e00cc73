import { constants } from 'node:os';

const SAME_KEYPRESS_MS = 1_000;

/**
 * Calls `end` once when this process is asked to end: Ctrl-C, SIGTERM, a closed terminal, or the death of the npm that
 * runs it. npm passes a Ctrl-C on to us although the terminal has sent it to us already; a signal that comes more than
 * a second after the first is the user's impatience, and calls `hurry`.
 *
 * @param {object} handlers
 * @param {(exitCode: number) => void} handlers.end gets 128 + the signal's number, the code by which shells know it
 * @param {() => void} handlers.hurry
 */
export function onEnding({ end, hurry }) {
  let askedAt = 0;

  /** @param {'SIGINT' | 'SIGTERM' | 'SIGHUP'} signal */
  const ask = (signal) => {
    if (askedAt === 0) {
      askedAt = performance.now();
      end(128 + constants.signals[signal]);
    } else if (performance.now() - askedAt > SAME_KEYPRESS_MS) {
      hurry();
    }
  };
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => ask(signal));
  }

  // A kill -9 of npm leaves us to the system as orphans, and nobody would know how to end us.
  if (process.env.npm_lifecycle_event !== undefined) {
    const npm = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === npm) return;
      clearInterval(timer);
      ask('SIGHUP');
    }, 500);
    timer.unref();
  }
}
