import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { freePort } from '../../scripts/lib/free-port.mjs';
import { waitFor } from './wait-for.js';

/** A Redis of the test's own, on a free port, that keeps nothing on disk. */
export class RedisProcess {
  readonly port: number;
  readonly #password: string | undefined;
  #child: ChildProcess | undefined;

  private constructor(port: number, password: string | undefined) {
    this.port = port;
    this.#password = password;
  }

  /**
   * @param port a free one unless told
   * @param password that clients must give; none unless told
   */
  static async start({ port, password }: { port?: number; password?: string } = {}): Promise<RedisProcess> {
    const redis = new RedisProcess(port ?? (await freePort()), password);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://${this.#password === undefined ? '' : `:${this.#password}@`}127.0.0.1:${this.port}`;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('This Redis does not run.');
    return pid;
  }

  /** It keeps its connections and accepts new ones, and answers nothing. */
  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  /** Ends it at once, as kill -9 does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill('SIGKILL');
    await exited;
  }

  /** Starts it on the same port, empty. Resolves when it answers. */
  async restart(): Promise<void> {
    await this.kill();
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    if (this.#password !== undefined) settings.push('--requirepass', this.#password);
    // The binaries of one package are one file, which looks at the name that it was called by.
    this.#child = spawn(redisBinary(), [...settings, '--dir', tmpdir()], {
      argv0: 'redis-server',
      stdio: 'ignore',
    });
    await waitFor('Redis to answer', () => answersPing(this.port));
  }

  stop(): Promise<void> {
    return this.kill();
  }
}

function redisBinary(): string {
  const named = process.env['REDIS_SERVER_BINARY'];
  if (named) return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of ['redis-server', 'valkey-server', 'redis-check-rdb']) {
    for (const folder of folders) {
      const file = join(folder, name);
      if (isExecutable(file)) return file;
    }
  }
  throw new Error('There is no redis-server: install it, or set REDIS_SERVER_BINARY.');
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('data', (bytes) => end(/^(\+PONG|-NOAUTH)/.test(bytes.toString())));
    socket.once('error', () => end(false));
    socket.setTimeout(1000, () => end(false));
  });
}
