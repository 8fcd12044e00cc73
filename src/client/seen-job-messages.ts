import type { JobMessage } from '../contract/index.js';
import { shrink } from './shrink.js';

/** How many messages are remembered. */
const MAX_SEEN = 2000;

/** Which messages of jobs have arrived: a client that is in the rooms of a job and of its user gets each twice. */
export class SeenJobMessages {
  /** What was heard; and of each job the newest, after which older progress is none. */
  readonly #seen = new Map<string, number>();

  /** Remembers a message; returns whether it is news. */
  add({ queue, jobId, run, seq, type }: JobMessage): boolean {
    const job = JSON.stringify([queue, jobId]);
    const at = run * 2 ** 26 + seq;
    const newest = this.#seen.get(job) ?? 0;
    const isNews = type === 'job_progress' ? at > newest : !this.#seen.has(`${job}${at}`);
    if (isNews) {
      this.#seen.delete(job);
      this.#seen.set(job, Math.max(newest, at)).set(`${job}${at}`, at);
      shrink(this.#seen, MAX_SEEN);
    }
    return isNews;
  }
}
