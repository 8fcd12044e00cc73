import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError, isGatewayError, type EmitResult } from '../contract/index.js';
import { jobRoom } from '../job-rooms/index.js';
import type { LibraryEvents } from '../publishing/index.js';
import type { Run } from '../room-log/index.js';
import type { JobIdentity } from './job-like.js';

/** How many reports may wait for the run's number. */
const MAX_WAITING = 1000;

/** How long a report waits before it is `queued`. */
const QUEUED_AFTER_MS = 2000;

/** How long Redis may be away before those that wait are given up. */
const MAX_AWAY_MS = 5 * 60_000;

const LONGEST_PAUSE_MS = 2000;

/** A report that waits for the run's number. */
interface WaitingReport {
  readonly send: (run: Run) => Promise<EmitResult>;
  readonly settle: (result: EmitResult) => void;
}

export interface JobRunSettings {
  readonly events: LibraryEvents;
  readonly job: JobIdentity;
  readonly owner: string | undefined;
  /** Whether a run after the job had failed for ever is told anew. */
  readonly reopens: boolean;
}

/** One run of a job: takes its number with its first report, which waits for it, as do those that come meanwhile. */
export class JobRun {
  readonly #settings: JobRunSettings;
  readonly #room: string;
  #run: Run | undefined;
  #waiting: WaitingReport[] = [];
  #isBeginning = false;

  constructor(settings: JobRunSettings) {
    this.#settings = settings;
    this.#room = jobRoom(settings.job.queue, settings.job.jobId);
  }

  /**
   * Sends when the run has its number, in the order of the calls. Never rejects; `queued` when that takes long.
   *
   * @param send must not reject
   */
  send(send: (run: Run) => Promise<EmitResult>): Promise<EmitResult> {
    if (this.#run) return send(this.#run);
    if (this.#waiting.length >= MAX_WAITING) return Promise.resolve(this.#overflow());
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ status: 'queued' }), QUEUED_AFTER_MS);
      const settle = (result: EmitResult): void => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#waiting.push({ send, settle });
      if (!this.#isBeginning) void this.#begin();
    });
  }

  async #begin(): Promise<void> {
    this.#isBeginning = true;
    try {
      const run = await this.#number();
      this.#run = run;
      for (const { send, settle } of this.#takeWaiting()) void send(run).then(settle);
    } catch (cause) {
      const error = isGatewayError(cause)
        ? cause
        : new GatewayError('REDIS_REFUSED', 'The run could not be numbered.', { cause });
      const waiting = this.#takeWaiting();
      const message = `${waiting.length} reports of a job were given up: ${error.code}: ${error.message}`;
      this.#settings.events.warn(`job:${error.code}`, message);
      for (const { settle } of waiting) settle({ status: 'failed', error });
    }
    this.#isBeginning = false;
  }

  async #number(): Promise<Run> {
    const { events, job, owner, reopens } = this.#settings;
    const era = randomBytes(6).toString('base64url');
    const givesUpAt = performance.now() + MAX_AWAY_MS;
    for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await events.beginRun(this.#room, {
          key: this.#room,
          atLeast: job.attempt + 1,
          identity: String(job.addedAt),
          era,
          reopens,
          owner,
        });
      } catch (error) {
        if (!isGatewayError(error) || !error.retryable || performance.now() > givesUpAt) throw error;
      }
      // A process that ends need not wait for a Redis that is away.
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { ref: false });
    }
  }

  #takeWaiting(): WaitingReport[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  #overflow(): EmitResult {
    const message = `${MAX_WAITING} reports of one job wait for Redis; no more are taken until it is back.`;
    this.#settings.events.warn('job:OUTBOX_FULL', message);
    return { status: 'failed', error: new GatewayError('OUTBOX_FULL', message) };
  }
}
