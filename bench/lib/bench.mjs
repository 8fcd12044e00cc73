import { StartedProcesses } from '../../scripts/lib/started-processes.mjs';
import { RoleProcess } from './role-process.mjs';

/** @typedef {'ours' | 'plain'} Contestant */

/** The library, and its parts used directly. */
export const CONTESTANTS = /** @type {const} */ (['ours', 'plain']);

/** What a measure needs to know, and what it starts processes with. */
export class Bench {
  #roles = new StartedProcesses();
  #redisUrl;
  #profile;

  /**
   * @param {object} settings
   * @param {string} settings.redisUrl
   * @param {number} settings.rounds
   * @param {string} [settings.profile] a folder for CPU profiles
   */
  constructor({ redisUrl, rounds, profile }) {
    this.#redisUrl = redisUrl;
    this.#profile = profile;
    this.rounds = rounds;
  }

  /**
   * @param {Contestant} contestant
   * @param {object} [options] for a server
   * @returns a server that listens
   */
  async startServer(contestant, options = {}) {
    const process = this.#start('server', [contestant], ['--expose-gc']);
    const { port } = await process.call('listen', { ...this.#connection(contestant), ...options });
    return { process, port };
  }

  /**
   * @param {Contestant} contestant
   * @returns a worker that has emitted once
   */
  async startWorker(contestant) {
    const worker = this.#start('worker', [contestant]);
    await worker.call('connect', this.#connection(contestant));
    return worker;
  }

  startClients() {
    return this.#start('clients', []);
  }

  /** Ends all processes of a measure. */
  async endRoles() {
    const roles = this.#roles;
    this.#roles = new StartedProcesses();
    await roles.endAll();
  }

  hurry() {
    this.#roles.hurry();
  }

  /** @param {Contestant} contestant */
  #connection(contestant) {
    // Redis tells its pid by the port already; the name keeps the two apart, which share one Redis.
    return { redisUrl: this.#redisUrl, prefix: `bench-${process.pid}-${contestant}` };
  }

  /**
   * @param {'server' | 'worker' | 'clients'} role
   * @param {readonly string[]} args
   * @param {readonly string[]} [execArgv]
   */
  #start(role, args, execArgv = []) {
    const profiled = this.#profile !== undefined && role !== 'clients';
    const profiling = profiled
      ? [
          '--cpu-prof',
          `--cpu-prof-dir=${this.#profile}`,
          `--cpu-prof-name=${[...args, role, Date.now()].join('-')}.cpuprofile`,
        ]
      : [];
    const started = new RoleProcess(role, args, [...execArgv, ...profiling]);
    this.#roles.add(/** @type {any} */ (started));
    return started;
  }
}
