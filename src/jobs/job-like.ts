import { GatewayError } from '../contract/index.js';

interface JobBase {
  readonly id?: string | number | null | undefined;
  readonly attemptsMade?: number;
  readonly opts?: { readonly attempts?: number | undefined };
  /** When it was added, in ms since 1970. */
  readonly timestamp?: number;
}

/** What is read of a job of Bull 4 or BullMQ; neither package is imported. */
export type JobLike =
  (JobBase & { readonly queue: { readonly name: string } }) | (JobBase & { readonly queueName: string });

/** Which job it is. */
export interface JobIdentity {
  readonly queue: string;
  readonly jobId: string;
  /** When it was added: tells it from another job that gets its id later. */
  readonly addedAt: number;
  /** How often it has failed before. */
  readonly attempt: number;
}

/** @throws INVALID_OPTIONS when it has no id or no queue */
export function identify(job: JobLike): JobIdentity {
  const queue = 'queueName' in job ? job.queueName : job.queue.name;
  const { id, timestamp = 0, attemptsMade = 0 } = job;
  if (typeof queue !== 'string' || (typeof id !== 'string' && typeof id !== 'number') || id === '') {
    throw new GatewayError('INVALID_OPTIONS', 'A job that reports needs an id and the name of its queue.');
  }
  return { queue, jobId: String(id), addedAt: timestamp, attempt: attemptsMade };
}

/** What a processor throws to give a job back to BullMQ: the job has not failed. */
const NO_FAILURES = new Set(['DelayedError', 'RateLimitError', 'WaitingChildrenError', 'WaitingError']);

/**
 * What the queue does with a job whose processor has thrown: `retry` it, let it `fail` for ever, or, where that is how a
 * processor gives it back, `go-on` with it later.
 */
export function fateOf(job: JobLike, error: unknown): 'retry' | 'fail' | 'go-on' {
  const name = (error as { name?: unknown } | null | undefined)?.name;
  if (typeof name === 'string' && NO_FAILURES.has(name)) return 'go-on';
  const { discarded, _discarded } = job as { discarded?: unknown; _discarded?: unknown };
  if (discarded === true || _discarded === true || name === 'UnrecoverableError') return 'fail';
  return (job.attemptsMade ?? 0) + 1 < (job.opts?.attempts ?? 1) ? 'retry' : 'fail';
}
