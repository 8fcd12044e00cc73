import { startRedisServer, type RedisServer } from '../../../scripts/lib/redis-server.mjs';

/** How a Redis is started. */
interface Settings {
  /** @default none is needed */
  readonly password?: string | undefined;
  /** Of its own, which win over the others: `['--appendonly', 'yes']`. */
  readonly settings?: readonly string[] | undefined;
}

/** A Redis of the test's own, on a free port, that keeps nothing on disk, and that can go and come back. */
export class RedisProcess {
  readonly port: number;
  readonly #settings: Settings;
  #server: RedisServer;

  private constructor(server: RedisServer, settings: Settings) {
    this.port = server.port;
    this.#settings = settings;
    this.#server = server;
  }

  /** @param port a free one unless told */
  static async start({ port, ...settings }: Settings & { port?: number } = {}): Promise<RedisProcess> {
    return new RedisProcess(await startServer(port, settings), settings);
  }

  get password(): string | undefined {
    return this.#settings.password;
  }

  get url(): string {
    return `redis://${this.password === undefined ? '' : `:${this.password}@`}127.0.0.1:${this.port}`;
  }

  /** It keeps its connections and accepts new ones, and answers nothing. */
  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  /** Ends it at once, as kill -9 does. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Starts it on the same port, empty unless its settings keep something. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    this.#server = await startServer(this.port, this.#settings);
  }

  stop(): Promise<void> {
    return this.kill();
  }
}

function startServer(port: number | undefined, { password, settings = [] }: Settings): Promise<RedisServer> {
  const args = password === undefined ? settings : ['--requirepass', password, ...settings];
  return startRedisServer({ ...(port !== undefined && { port }), args });
}
