import { GatewayError, type EmitResult, type JobState } from '../contract/index.js';
import type { JobReport } from './job-report.js';
import type { JobIdentity } from './job-like.js';
import type { ResolvedJobReporterOptions } from './job-reporter.options.js';
import type { JobMessenger, KeptReport, Said } from './job-messenger.js';
import { NewestValue } from './newest-value.js';
import { ProgressMeter } from './progress-meter.js';

/** A {@link JobReport} that is sent. */
export class RunningJobReport implements JobReport {
  readonly #messenger: JobMessenger;
  readonly #job: JobIdentity;
  readonly #describe: ResolvedJobReporterOptions['describe'];
  readonly #progress: NewestValue<{ done: number; total: number | null }>;
  readonly #meter = new ProgressMeter();
  /** How often this run has said the same: the second time is another one, in every run. */
  readonly #saidCounts = new Map<string, number>();
  #state: Said<JobState> = {
    status: 'running',
    total: null,
    file: null,
    filesCompleted: 0,
    error: null,
    result: null,
  };

  constructor(messenger: JobMessenger, job: JobIdentity, options: ResolvedJobReporterOptions) {
    this.#messenger = messenger;
    this.#job = job;
    this.#describe = options.describe;
    this.#progress = new NewestValue(options.progressIntervalMs, (value) => this.#sendProgress(value));
  }

  started({ total }: { total?: number | undefined } = {}): Promise<EmitResult> {
    this.#state = { ...this.#state, total: total ?? null };
    return this.#keep({ type: 'job_started', total: this.#state.total }, 'started');
  }

  progress(done: number, total: number | null = this.#state.total): void {
    this.#progress.set({ done, total });
  }

  fileProcessing(file: string): Promise<EmitResult> {
    this.#state = { ...this.#state, file };
    return this.#keep({ type: 'file_processing', file }, this.#nth(`processing\n${file}`));
  }

  fileCompleted(file: string, result: unknown = null): Promise<EmitResult> {
    const { file: current, filesCompleted } = this.#state;
    this.#state = {
      ...this.#state,
      file: current === file ? null : current,
      filesCompleted: filesCompleted + 1,
    };
    return this.#keep({ type: 'file_completed', file, result }, this.#nth(`completed\n${file}`));
  }

  error(error: unknown, { file = null }: { file?: string | null } = {}): Promise<EmitResult> {
    const told = this.#describe(error);
    this.#state = { ...this.#state, error: told };
    const what = this.#nth(`error\n${this.#job.attempt}\n${file ?? ''}\n${told.code}\n${told.message}`);
    return this.#keep({ type: 'error', error: told, file, willRetry: false }, what);
  }

  failedForNow(error: unknown): Promise<EmitResult> {
    const told = this.#describe(error);
    this.#state = { ...this.#state, status: 'retrying', file: null, error: told };
    this.#progress.close();
    const said = { type: 'error', error: told, file: null, willRetry: true } as const;
    return this.#keep(said, `retry\n${this.#job.attempt}`, { isEndOfRun: true });
  }

  completed(result: unknown = null): Promise<EmitResult> {
    this.#state = { ...this.#state, status: 'completed', file: null, result };
    this.#progress.close();
    return this.#keep({ type: 'job_completed', result }, 'completed', {
      isEndOfRun: true,
      ends: 'completed',
    });
  }

  failed(error: unknown): Promise<EmitResult> {
    const told = this.#describe(error);
    this.#state = { ...this.#state, status: 'failed', file: null, error: told };
    this.#progress.close();
    return this.#keep({ type: 'job_failed', error: told }, 'failed', { isEndOfRun: true, ends: 'failed' });
  }

  #keep(
    said: KeptReport['said'],
    what: string,
    { isEndOfRun = false, ends }: { isEndOfRun?: boolean; ends?: KeptReport['ends'] } = {},
  ): Promise<EmitResult> {
    return this.#messenger.keep({ said, state: this.#state, what, isEndOfRun, ends });
  }

  #sendProgress({ done, total }: { done: number; total: number | null }): Promise<EmitResult> {
    if (!Number.isFinite(done) || (total !== null && !Number.isFinite(total))) {
      const error = new GatewayError('INVALID_EVENT', 'Progress is told in finite numbers.');
      return Promise.resolve({ status: 'failed', error });
    }
    const measured = this.#meter.measure(done, total, performance.now());
    return this.#messenger.progress({ type: 'job_progress', done, total, ...measured });
  }

  #nth(what: string): string {
    const count = (this.#saidCounts.get(what) ?? 0) + 1;
    this.#saidCounts.set(what, count);
    return `${what}\n${count}`;
  }
}
