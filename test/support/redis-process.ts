import { startRedisServer, type RedisServer } from '../../scripts/lib/redis-server.mjs';

/** A Redis of the test's own, on a free port, that keeps nothing on disk, and that can go and come back. */
export class RedisProcess {
  readonly port: number;
  readonly #password: string | undefined;
  #server: RedisServer;

  private constructor(server: RedisServer, password: string | undefined) {
    this.port = server.port;
    this.#password = password;
    this.#server = server;
  }

  /**
   * @param port a free one unless told
   * @param password that clients must give; none unless told
   */
  static async start({ port, password }: { port?: number; password?: string } = {}): Promise<RedisProcess> {
    return new RedisProcess(await startServer(port, password), password);
  }

  get url(): string {
    return `redis://${this.#password === undefined ? '' : `:${this.#password}@`}127.0.0.1:${this.port}`;
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

  /** Starts it on the same port, empty. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    this.#server = await startServer(this.port, this.#password);
  }

  stop(): Promise<void> {
    return this.kill();
  }
}

function startServer(port: number | undefined, password: string | undefined): Promise<RedisServer> {
  return startRedisServer({
    ...(port !== undefined && { port }),
    ...(password !== undefined && { args: ['--requirepass', password] }),
  });
}
