import { Inject, Injectable, Optional } from '@nestjs/common';
import { GatewayError, SocketEmitter } from '../contract/index.js';
import { LIBRARY_EVENTS, normaliseUserId } from '../names/index.js';
import type { LibraryEvents } from '../publishing/index.js';
import { fateOf, identify, type JobLike } from './job-like.js';
import { JobMessenger } from './job-messenger.js';
import type { JobReport } from './job-report.js';
import {
  resolveJobReporterOptions,
  type JobReporterOptions,
  type ResolvedJobReporterOptions,
} from './job-reporter.options.js';
import { RunningJobReport } from './running-job-report.js';

/** The injection token of a `JobReporter`'s options, if it has any. */
export const JOB_REPORTER_OPTIONS = Symbol.for('nestjs-socket-gateway:JOB_REPORTER_OPTIONS');

/** For whom a job is done. */
export interface JobReportOptions {
  /** The user who is told beside those who watch the job, and may watch it. @default nobody */
  userId?: string | number | undefined;
}

/** What {@link JobReporter.run} is told. */
export interface JobRunOptions extends JobReportOptions {
  /** How much there is to do. @default not known */
  total?: number | undefined;
}

/**
 * Tells browsers how jobs of Bull and BullMQ get on: in servers and workers alike, through the application's emitter.
 *
 * Each run of a job has a number. Once a newer run has reported, an older one that has lost its lock and wakes up again is
 * refused; and what one run has said, the next does not say again.
 */
@Injectable()
export class JobReporter {
  readonly #events: LibraryEvents;
  readonly #options: ResolvedJobReporterOptions;
  readonly #reports = new WeakMap<object, JobReport>();

  /**
   * @param emitter one of this library: injected, or made by `createWorkerEmitter`
   * @throws INVALID_OPTIONS
   */
  constructor(
    emitter: SocketEmitter,
    @Optional() @Inject(JOB_REPORTER_OPTIONS) options: JobReporterOptions = {},
  ) {
    const events = (emitter as { [LIBRARY_EVENTS]?: LibraryEvents })[LIBRARY_EVENTS];
    if (!events) {
      throw new GatewayError(
        'INVALID_OPTIONS',
        'A JobReporter needs an emitter of this library: SocketGateway, WorkerEmitter or RecordingEmitter.',
      );
    }
    this.#events = events;
    this.#options = resolveJobReporterOptions(options);
  }

  /**
   * The report of a run: the same whenever it is asked for with the same job object, which is one run.
   *
   * @throws INVALID_OPTIONS, INVALID_ROOM, INVALID_USER when the job or the user cannot be named
   */
  for(job: JobLike, options: JobReportOptions = {}): JobReport {
    const known = this.#reports.get(job);
    if (known) return known;
    const report = this.#report(job, options, true);
    this.#reports.set(job, report);
    return report;
  }

  /**
   * Runs a processor's body, and reports that it has started, completed or failed. `job_failed` is said after the last attempt
   * only; before that it is an `error` with `willRetry`.
   *
   * @returns what the body returns
   * @throws (rejects) what the body throws; and as {@link for}
   */
  async run<Result>(
    job: JobLike,
    { total, ...options }: JobRunOptions,
    body: (report: JobReport) => Result | Promise<Result>,
  ): Promise<Result> {
    const report = this.for(job, options);
    void report.started({ total });
    let result: Result;
    try {
      result = await body(report);
    } catch (error) {
      const fate = fateOf(job, error);
      if (fate === 'retry') await report.failedForNow(error);
      if (fate === 'fail') await report.failed(error);
      throw error;
    }
    await report.completed(result);
    return result;
  }

  /**
   * Says that the queue itself has given a job up: one that stalled too often, of which no processor is told. Says nothing
   * when the job's end has been said.
   *
   * @throws as {@link for}
   */
  async lost(job: JobLike, options: JobReportOptions, error: unknown): Promise<void> {
    await this.#report(job, options, false).failed(error);
  }

  #report(job: JobLike, { userId }: JobReportOptions, reopens: boolean): JobReport {
    const identity = identify(job);
    const owner = userId === undefined ? undefined : normaliseUserId(userId);
    const messenger = new JobMessenger(this.#events, identity, owner, reopens);
    return new RunningJobReport(messenger, identity, this.#options);
  }
}
