import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const END_GRACE_MS = 5_000;

/** @typedef {'server' | 'worker' | 'clients' | 'visitors' | 'observer' | 'room-log'} Role a file of bench/roles */

/**
 * A process of its own that plays one role: the servers, workers and clients of a measure share nothing but the
 * machine. It ends when we end, however that happens: it is tied to us by the channel that it takes orders on.
 */
export class RoleProcess {
  #child;
  #lastId = 0;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  /**
   * @param {Role} role
   * @param {readonly string[]} args what the role is to be
   * @param {readonly string[]} [execArgv] options of Node
   */
  constructor(role, args, execArgv = []) {
    const file = fileURLToPath(new URL(`../roles/${role}.mjs`, import.meta.url));
    const name = [role, ...args].join(' ');
    this.#child = fork(file, [...args], {
      execArgv: [...execArgv],
      // A private copy of the environment: what the user has set for an application of the library is not for us.
      env: { PATH: process.env.PATH, NODE_ENV: 'production' },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    /** @type {Promise<void>} */
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#fail(new Error(`The process "${name}" has ended (${signal ?? code}).`));
        resolve();
      });
    });
    this.#child.on('message', (/** @type {any} */ message) => this.#take(message));
    // Told by `exited` too; without a listener it would be thrown.
    this.#child.on('error', (error) => this.#fail(error));
  }

  /**
   * Calls one of the role's commands.
   * @param {string} command
   * @param {object} [input]
   * @returns {Promise<any>} what it answered
   */
  call(command, input = {}) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, command, input }, (error) => error && this.#fail(error));
    });
  }

  async end() {
    const timer = setTimeout(() => this.hurry(), END_GRACE_MS);
    if (this.#child.connected) this.#child.disconnect();
    await this.exited;
    clearTimeout(timer);
  }

  hurry() {
    this.#child.kill('SIGKILL');
  }

  /** @param {{ id: number, answer?: unknown, error?: string }} message */
  #take({ id, answer, error }) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
