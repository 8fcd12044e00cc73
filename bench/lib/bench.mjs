import { StartedProcesses } from '../../scripts/lib/started-processes.mjs';
import { RECIPES } from './contestants.mjs';
import { RoleProcess } from './role-process.mjs';

/** @typedef {import('./contestants.mjs').Contestant} Contestant */

/** What a measure needs to know, and what it starts processes with. */
export class Bench {
  #roles = new StartedProcesses();
  #redisUrl;
  #profile;
  /** Counts the measures: none finds what another has left in Redis. */
  #measure = 0;

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
    const process = this.#start('server', [RECIPES[contestant].code], {
      execArgv: ['--expose-gc'],
      contestant,
    });
    const { port } = await process.call('listen', { ...this.#settings(contestant), ...options });
    return { process, port };
  }

  /**
   * @param {Contestant} contestant
   * @returns a worker that has emitted once
   */
  async startWorker(contestant) {
    const worker = this.#start('worker', [RECIPES[contestant].code], { contestant });
    await worker.call('connect', this.#settings(contestant));
    return worker;
  }

  startClients() {
    return this.#start('clients', []);
  }

  /** Clients that leave and come back. */
  startVisitors() {
    return this.#start('visitors', []);
  }

  /** @returns somebody who asks Redis how it is */
  async startObserver() {
    const observer = this.#start('observer', []);
    await observer.call('connect', { redisUrl: this.#redisUrl });
    return observer;
  }

  /** @returns a process that appends to the rooms of a log, without emitter or server */
  async startRoomLog() {
    const log = this.#start('room-log', []);
    await log.call('connect', { redisUrl: this.#redisUrl, prefix: `${this.#prefix}-log` });
    return log;
  }

  /** Ends all processes of a measure. */
  async endRoles() {
    this.#measure++;
    const roles = this.#roles;
    this.#roles = new StartedProcesses();
    await roles.endAll();
  }

  hurry() {
    this.#roles.hurry();
  }

  /** Removes all that was kept in Redis, which may be somebody's. */
  async forget() {
    const observer = await this.startObserver();
    await observer.call('forget', { prefix: this.#ownPrefix });
    await this.endRoles();
  }

  get #ownPrefix() {
    return `bench-${process.pid}-`;
  }

  get #prefix() {
    return `${this.#ownPrefix}${this.#measure}`;
  }

  /** @param {Contestant} contestant */
  #settings(contestant) {
    // The name keeps those apart who share one Redis, and what they keep there.
    return {
      redisUrl: this.#redisUrl,
      prefix: `${this.#prefix}-${contestant}`,
      ...RECIPES[contestant].settings,
    };
  }

  /**
   * @param {import('./role-process.mjs').Role} role
   * @param {readonly string[]} args
   * @param {{ execArgv?: readonly string[], contestant?: Contestant }} [options]
   */
  #start(role, args, { execArgv = [], contestant } = {}) {
    const profiled = this.#profile !== undefined && contestant !== undefined;
    const profiling = profiled
      ? [
          '--cpu-prof',
          `--cpu-prof-dir=${this.#profile}`,
          `--cpu-prof-name=${[contestant, role, Date.now()].join('-')}.cpuprofile`,
        ]
      : [];
    const started = new RoleProcess(role, args, [...execArgv, ...profiling]);
    this.#roles.add(/** @type {any} */ (started));
    return started;
  }
}
