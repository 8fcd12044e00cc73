import type { JobProgress, JobState } from '../contract/index.js';

/** What `watchJob` of a client may be told. */
export interface WatchJobOptions {
  /** What `JobChannels.issue` made for this user and job. Not used while this client watches the job already. @default none: the job is done for this user */
  token?: string | undefined;
}

/** A job that is watched: how it stands, from the first moment on. */
export interface JobWatch {
  /** What it said last beside its progress; null when it has said nothing yet, or nothing of it is kept any more. */
  readonly state: JobState | null;
  /** How far the present run has come; null when it has not said so, and when it has ended. */
  readonly progress: JobProgress | null;
  /** Resolves when the job is completed or has failed: its `status` says which. Never rejects. */
  readonly ended: Promise<JobState>;
  /** Is told whenever `state` or `progress` has changed. Returns what takes the handler away again. What it throws goes to `console.error`. */
  onChange(handler: (watch: JobWatch) => unknown): () => void;
  /** Watches no longer: to be called once by each who has called `watchJob`. The last one leaves the room. */
  stop(): void;
}
