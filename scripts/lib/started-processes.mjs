import { startGuarded } from './guarded-process.mjs';

/**
 * Everything that one script has started, so that it can be ended together and in order: a process that others need
 * ends after them.
 */
export class StartedProcesses {
  /** @type {Set<import('./guarded-process.mjs').GuardedProcess>} */
  #running = new Set();
  #ending = false;

  /** Whether `endAll` was called: what ends from then on was meant to. */
  get isEnding() {
    return this.#ending;
  }

  /**
   * @param {string} command
   * @param {import('./guarded-process.mjs').GuardedProcessOptions} [options]
   * @returns {Promise<import('./guarded-process.mjs').GuardedProcess>}
   */
  async start(command, options) {
    return this.add(await startGuarded(command, options));
  }

  /**
   * Takes over a process that was started elsewhere.
   * @param {import('./guarded-process.mjs').GuardedProcess} started
   */
  add(started) {
    this.#running.add(started);
    void started.exited.then(() => this.#running.delete(started));
    if (this.#ending) void started.end();
    return started;
  }

  /**
   * Runs a command to its end.
   * @param {string} command
   * @param {import('./guarded-process.mjs').GuardedProcessOptions} [options]
   * @returns {Promise<number>} its exit code
   */
  async run(command, options) {
    return (await this.start(command, options)).exited;
  }

  /** Ends all, and resolves when none is left. */
  async endAll() {
    this.#ending = true;
    await Promise.all([...this.#running].map((started) => started.end()));
  }

  /** Kills what `endAll` is still waiting for. */
  hurry() {
    for (const started of this.#running) started.hurry();
  }
}
