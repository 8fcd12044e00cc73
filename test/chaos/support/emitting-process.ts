import { AppProcess } from '../../support/app-process.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import type { Told } from './judge.js';
import { TARGETS } from './population.js';

export interface EmittingProcessSettings {
  readonly kind: 'server' | 'worker';
  readonly index: number;
  readonly redisPort: number;
  readonly env: Readonly<Record<string, string>>;
  readonly perSecond: number;
}

/** A server or a worker behind a network of its own, which emits a steady load; it can be killed and started again. */
export class EmittingProcess {
  /** What its emitters were told, those that were killed too. */
  told: Told[] = [];
  /** Its emitters that were killed. */
  readonly dead = new Set<string>();
  /** Between it and Redis. */
  readonly network: TcpProxy;
  readonly #settings: EmittingProcessSettings;
  #app: AppProcess | undefined;
  #emitter = '';
  #startCount = 0;

  private constructor(settings: EmittingProcessSettings, network: TcpProxy) {
    this.#settings = settings;
    this.network = network;
  }

  static async start(settings: EmittingProcessSettings): Promise<EmittingProcess> {
    const started = new EmittingProcess(settings, await TcpProxy.start(settings.redisPort));
    try {
      await started.start();
      return started;
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** Its output, for the message when something is wrong. */
  get output(): string {
    return this.#app?.output ?? '';
  }

  /** Starts it, or starts it again: as another emitter. */
  async start(): Promise<void> {
    const { kind, index, env } = this.#settings;
    this.#emitter = `${kind}-${index}.${++this.#startCount}`;
    const app = await AppProcess.start(new URL(`../fixtures/${kind}.mjs`, import.meta.url).href, {
      ...env,
      REDIS_URL: this.network.url,
      EMITTER: this.#emitter,
    });
    app.onReport((told) => this.told.push(...(told as Told[])));
    this.#app = app;
  }

  /** kill -9 */
  async kill(): Promise<void> {
    this.dead.add(this.#emitter);
    await this.#app?.stop();
  }

  async stop(): Promise<void> {
    await this.#app?.stop();
    await this.network.stop();
  }

  startLoad(): Promise<void> {
    return this.call('startLoad', { perSecond: this.#settings.perSecond, targets: TARGETS });
  }

  call<Value>(method: string, ...args: unknown[]): Promise<Value> {
    if (!this.#app) throw new Error('It has not been started.');
    return this.#app.call<Value>(method, ...args);
  }
}
