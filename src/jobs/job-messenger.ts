import type { EmitResult, JobMessage, JobState } from '../contract/index.js';
import { jobRoom } from '../job-rooms/index.js';
import { userRoom } from '../names/index.js';
import type { LibraryEvents } from '../publishing/index.js';
import type { Fence, FenceEnd, Run } from '../room-log/index.js';
import type { JobIdentity } from './job-like.js';
import { JobRun } from './job-run.js';

/** What a message says beside what it has in common with all. */
export type Said<Message> = Message extends unknown
  ? Omit<Message, 'queue' | 'jobId' | 'run' | 'seq' | 'time'>
  : never;

/** A message that is kept, and how the job stands after it. */
export interface KeptReport {
  readonly said: Said<Exclude<JobMessage, { type: 'job_progress' }>>;
  readonly state: Said<JobState>;
  /** What it is, the same in every run of the job that says the same: said once. */
  readonly what: string;
  /** Nothing of the progress before it is true any more. */
  readonly isEndOfRun: boolean;
  readonly ends: FenceEnd | undefined;
}

/** What messages have in common before their run has a number. */
type Stamp = Pick<JobState, 'queue' | 'jobId' | 'seq' | 'time'>;

/** The key of the state among the latest values of a job's room. */
const STATE_KEY = 'state';

/** Sends what a run has to say to the job's room and to that of its user. */
export class JobMessenger {
  readonly #events: LibraryEvents;
  readonly #job: JobIdentity;
  readonly #run: JobRun;
  readonly #room: string;
  readonly #userRoom: string | undefined;
  #seq = 0;

  /** @throws INVALID_ROOM, INVALID_USER */
  constructor(events: LibraryEvents, job: JobIdentity, owner: string | undefined, reopens: boolean) {
    this.#events = events;
    this.#job = job;
    this.#room = jobRoom(job.queue, job.jobId);
    this.#userRoom = owner === undefined ? undefined : userRoom(owner);
    this.#run = new JobRun({ events, job, owner, reopens });
  }

  /** Sends progress; never rejects. */
  progress(said: Said<Extract<JobMessage, { type: 'job_progress' }>>): Promise<EmitResult> {
    const stamp = this.#stamp();
    return this.#run.send(({ run, era }) => {
      const message = { ...stamp, run, ...said };
      const plan = { delivery: 'latest', key: this.#room, fence: this.#fence(run, era) } as const;
      return together(this.#rooms().map((room) => this.#events.emit(room, 'gateway:job', message, plan)));
    });
  }

  /** Sends what is kept; never rejects. A result that cannot be sent is left out rather than what has it. */
  keep(report: KeptReport): Promise<EmitResult> {
    const stamp = this.#stamp();
    return this.#run.send(async (run) => {
      const result = await this.#keep(report, stamp, run);
      const isUnfit =
        result.status === 'failed' && ['INVALID_EVENT', 'PAYLOAD_TOO_LARGE'].includes(result.error.code);
      return isUnfit && 'result' in report.said ? this.#keep(withoutResult(report), stamp, run) : result;
    });
  }

  #keep(report: KeptReport, stamp: Stamp, { run, era }: Run): Promise<EmitResult> {
    const { said, state, what, isEndOfRun, ends } = report;
    const message = { ...stamp, run, ...said };
    const kept = {
      delivery: 'durable',
      dedupeKey: `${era}\n${what}`,
      clears: isEndOfRun ? this.#room : undefined,
    } as const;
    const fence = this.#fence(run, era);
    const ending = { ...fence, ends };
    // In one tick, and so in one step of each room: nobody sees the one without the other. In the job's room the state comes
    // last, and what ends the job is said by the last.
    const results = [
      this.#events.emit(this.#room, 'gateway:job', message, { ...kept, fence }),
      this.#events.emit(
        this.#room,
        'gateway:job-state',
        { ...stamp, run, ...state },
        { delivery: 'latest', key: STATE_KEY, fence: ending },
      ),
    ];
    if (this.#userRoom !== undefined) {
      results.push(this.#events.emit(this.#userRoom, 'gateway:job', message, { ...kept, fence: ending }));
    }
    return together(results);
  }

  #stamp(): Stamp {
    const { queue, jobId } = this.#job;
    return { queue, jobId, seq: ++this.#seq, time: Date.now() };
  }

  #fence(run: number, era: string): Fence {
    return { key: this.#room, run, era };
  }

  #rooms(): string[] {
    return this.#userRoom === undefined ? [this.#room] : [this.#room, this.#userRoom];
  }
}

function withoutResult(report: KeptReport): KeptReport {
  const said = { ...report.said, result: null, resultOmitted: true } as KeptReport['said'];
  return { ...report, said, state: { ...report.state, result: null } };
}

/** What failed, if anything did; else what became of the first. */
async function together(emits: readonly Promise<EmitResult>[]): Promise<EmitResult> {
  const results = await Promise.all(emits);
  return results.find(({ status }) => status === 'failed') ?? (results[0] as EmitResult);
}
