import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../scripts/lib/free-port.mjs';
import { waitFor } from '../wait-for.js';

const PROJECT = new URL('../../../', import.meta.url);

/** How long a process of the demo may take to be ready, on a machine that does other things. */
const READY_DEADLINE_MS = 30_000;

/** The demo's server or worker, as it is built, in a process of its own. */
export class DemoProcess {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  protected constructor(name: 'server' | 'worker', env: Record<string, string>) {
    this.#child = spawn(process.execPath, [fileURLToPath(new URL(`dist/demo/${name}/main.js`, PROJECT))], {
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', (line) => this.lines.push(line));
    }
  }

  /** Starts a worker. */
  static async startWorker(env: Record<string, string>): Promise<DemoProcess> {
    const worker = new DemoProcess('worker', env);
    await worker.has(/worker is ready/);
    return worker;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything that it wrote. */
  get output(): string {
    return this.lines.join('\n');
  }

  /** Resolves when it has written a line that matches. */
  async has(pattern: RegExp, deadlineMs = READY_DEADLINE_MS): Promise<void> {
    await waitFor(
      `${String(pattern)} from process ${this.pid}`,
      () => {
        if (!this.isRunning) throw new Error(`The process has ended:\n${this.output}`);
        return this.lines.some((line) => pattern.test(line));
      },
      deadlineMs,
    );
  }

  /** The most memory that it has had so far, in bytes. Linux only. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /**
   * Stops it without closing a connection, at once and until `resume`: what a test looks at stays in the middle. Its jobs stay its
   * own for as long as their locks last.
   */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  /** Ends it as Ctrl-C does, and returns its exit code; or at once. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.isRunning) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    return this.#child.exitCode;
  }

  async stop(): Promise<void> {
    await this.end('SIGKILL');
  }
}

/** The demo's server, and its address. */
export class DemoServerProcess extends DemoProcess {
  private constructor(
    env: Record<string, string>,
    readonly url: string,
  ) {
    super('server', env);
  }

  /** @param port a free one unless told */
  static async start(env: Record<string, string>, port?: number): Promise<DemoServerProcess> {
    const chosen = port ?? (await freePort());
    const server = new DemoServerProcess({ ...env, PORT: String(chosen) }, `http://127.0.0.1:${chosen}`);
    await server.has(/sheet importer runs at/);
    return server;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }
}
