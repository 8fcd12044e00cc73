import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { waitFor } from './wait-for.js';

/** One line that a process wrote, and when, by the clock of `performance.now()`. */
export interface LogLine {
  at: number;
  text: string;
}

/** What became of a call in the other process, and how long it took there. */
export interface Outcome {
  value?: unknown;
  error?: { name: string; message: string; code?: string };
  ms: number;
}

const FIXTURES = new URL('../e2e/fixtures/', import.meta.url);

/** How long an application may take to answer one call. */
const CALL_DEADLINE_MS = 60_000;

/** An application of the folder `fixtures`, built on the packed form of the library, as a process of its own. */
export class AppProcess {
  readonly log: LogLine[] = [];
  readonly #child: ChildProcess;
  readonly #outcomes = new Map<number, Outcome>();
  readonly #reportListeners: ((report: unknown) => void)[] = [];
  #nextCall = 1;

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr] as Readable[]) {
      createInterface(stream).on('line', (text) => this.log.push({ at: performance.now(), text }));
    }
    child.on('message', (message: (Outcome & { call: number }) | { report: unknown }) => {
      if ('report' in message) {
        for (const listener of this.#reportListeners) listener(message.report);
        return;
      }
      const { call, ...outcome } = message;
      this.#outcomes.set(call, outcome);
    });
  }

  /**
   * Starts it and resolves when it says that it is up.
   *
   * @param env of the process; nothing of the test's own environment but PATH
   */
  static async start(fixture: string, env: Record<string, string>): Promise<AppProcess> {
    const child = fork(fileURLToPath(new URL(fixture, FIXTURES)), [], {
      env: { PATH: process.env['PATH'], NO_COLOR: '1', ...env },
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const app = new AppProcess(child);
    try {
      await app.call('ready');
    } catch (error) {
      await app.stop();
      throw error;
    }
    return app;
  }

  /** Whether it lives: neither crashed nor ended. */
  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Lines that contain the text, or match. */
  lines(pattern: string | RegExp): LogLine[] {
    return this.log.filter(({ text }) =>
      typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text),
    );
  }

  /** Everything that it wrote, for assertions about what it must not have written. */
  get output(): string {
    return this.log.map(({ text }) => text).join('\n');
  }

  /** Hears what the process tells without being asked, up to the moment in which it is killed. */
  onReport(listener: (report: unknown) => void): void {
    this.#reportListeners.push(listener);
  }

  /** Calls a method there and tells what became of it. Rejects only when the process does not answer. */
  async outcome(method: string, ...args: unknown[]): Promise<Outcome> {
    const call = this.#nextCall++;
    this.#child.send({ call, method, args });
    return waitFor(
      `'${method}' of process ${this.pid}`,
      () => {
        const outcome = this.#outcomes.get(call);
        if (!outcome && !this.isRunning) throw new Error(`The process has ended:\n${this.output}`);
        return outcome;
      },
      CALL_DEADLINE_MS,
    );
  }

  /** As {@link outcome}, for calls that are to succeed. */
  async call<Value>(method: string, ...args: unknown[]): Promise<Value> {
    const { value, error } = await this.outcome(method, ...args);
    if (error) throw new Error(`${method}: ${error.name} ${error.code ?? ''} ${error.message}`);
    return value as Value;
  }

  /** Tells it to end, as what stops containers does; resolves with how it ended, and after how long. */
  async terminate(): Promise<{ code: number | null; signal: string | null; ms: number }> {
    const started = performance.now();
    const exited = once(this.#child, 'exit') as Promise<[number | null, string | null]>;
    this.#child.kill('SIGTERM');
    const [code, signal] = await exited;
    return { code, signal, ms: performance.now() - started };
  }

  /** Ends it at once. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
