/** Of every message of a job. */
export interface JobMessageBase {
  readonly queue: string;
  readonly jobId: string;
  /** Above that of every run of the job before. A run is one go of one worker at it. */
  readonly run: number;
  /** Counts the messages of a run. */
  readonly seq: number;
  /** When it was reported, in ms since 1970 by the clock of the worker. */
  readonly time: number;
}

/** What a client may be told of a failure: nothing of it is secret, unless the worker was told to send the stack. */
export interface JobError {
  readonly message: string;
  /** For programs: the error's own `code` if it has one, otherwise its name. */
  readonly code: string;
  /** Only where the worker is told to send it. */
  readonly stack?: string;
}

/** The job has begun. */
export interface JobStarted extends JobMessageBase {
  readonly type: 'job_started';
  /** How much there is to do; null when that is not known. */
  readonly total: number | null;
}

/** How far a run has come. A `latest` value: only the newest one is kept, and none after the run's end. */
export interface JobProgress extends JobMessageBase {
  readonly type: 'job_progress';
  readonly done: number;
  readonly total: number | null;
  /** How much is done in a second, over the last ten; null while that is not known. */
  readonly rate: number | null;
  /** How long the rest takes at this rate, in ms. */
  readonly remainingMs: number | null;
}

/** A file is being worked on. */
export interface FileProcessing extends JobMessageBase {
  readonly type: 'file_processing';
  readonly file: string;
}

/** A file is done. */
export interface FileCompleted extends JobMessageBase {
  readonly type: 'file_completed';
  readonly file: string;
  readonly result: unknown;
  /** The result could not be sent: it is too large, or has what JSON cannot hold. */
  readonly resultOmitted?: true;
}

/** Something went wrong. */
export interface JobErrorMessage extends JobMessageBase {
  readonly type: 'error';
  readonly error: JobError;
  readonly file: string | null;
  /** `true`: this run has ended, and there will be another. `false`: the run goes on. */
  readonly willRetry: boolean;
}

/** The job is done. Nothing comes after it. */
export interface JobCompleted extends JobMessageBase {
  readonly type: 'job_completed';
  readonly result: unknown;
  /** The result could not be sent: it is too large, or has what JSON cannot hold. */
  readonly resultOmitted?: true;
}

/** The job has failed, and is not tried again by itself. */
export interface JobFailed extends JobMessageBase {
  readonly type: 'job_failed';
  readonly error: JobError;
}

/** A message of a job, event `gateway:job`: told apart by `type`. */
export type JobMessage =
  JobStarted | JobProgress | FileProcessing | FileCompleted | JobErrorMessage | JobCompleted | JobFailed;

/** How a job stands, event `gateway:job-state`: a `latest` value of the job's room, for those who come late. */
export interface JobState extends JobMessageBase {
  /** `retrying`: a run has failed, and the next has not begun. */
  readonly status: 'running' | 'retrying' | 'completed' | 'failed';
  readonly total: number | null;
  /** What is being worked on. */
  readonly file: string | null;
  /** How many files this run has completed. */
  readonly filesCompleted: number;
  /** The newest error of this run. */
  readonly error: JobError | null;
  /** When it is completed. */
  readonly result: unknown;
}

/** The library's own events that are kept, name -> payload. Applications may not emit them. */
export interface LibraryMessages {
  'gateway:job': JobMessage;
  'gateway:job-state': JobState;
}
