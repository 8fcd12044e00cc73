import Bull from 'bull';
import { Queue } from 'bullmq';
import { AppProcess } from '../app-process.js';
import type { Resources } from '../resources.js';

/** Whose queue it is. */
export const QUEUE_KINDS = ['bull', 'bullmq'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

/** A queue of a test, and what its workers need to know. */
export interface QueuePlace {
  readonly kind: QueueKind;
  readonly queue: string;
  readonly redis: { readonly url: string; readonly port: number };
  /** Of the channels in Redis. */
  readonly prefix: string;
}

/** What a job of the fixture `queue-worker.mjs` is. */
export interface JobWork {
  readonly userId: string;
  /** How often it is tried. @default 1 */
  readonly attempts?: number;
  /** How many of its runs fail, in the middle of the second file. @default 0 */
  readonly failures?: number;
}

/** Adds a job; returns its id. */
export async function addJob(
  { kind, queue: name, redis }: Omit<QueuePlace, 'prefix'>,
  { userId, attempts = 1, failures = 0 }: JobWork,
): Promise<string> {
  const connection = { host: '127.0.0.1', port: redis.port };
  const data = { userId, failures };
  if (kind === 'bull') {
    const queue = new Bull(name, { redis: connection });
    const job = await queue.add(data, { attempts });
    await queue.close();
    return String(job.id);
  }
  const queue = new Queue(name, { connection });
  const job = await queue.add('job', data, { attempts });
  await queue.close();
  return String(job.id);
}

/** How soon a worker loses a job that it says nothing of. */
const LOCK_MS = { first: '1500', last: '30000' };

/**
 * Starts a worker in a process of its own.
 *
 * @param role `first` loses its job soon when it is killed or frozen; `last` keeps it, also on a busy machine
 * @param holds as the fixture's HOLDS: where it waits to be told `goOn`
 */
export async function startQueueProcess(
  resources: Resources,
  { kind, queue, redis, prefix }: QueuePlace,
  role: keyof typeof LOCK_MS,
  holds = '',
): Promise<AppProcess> {
  const gateway = { REDIS_URL: redis.url, SOCKET_REDIS_CHANNEL: prefix };
  const env = { KIND: kind, QUEUE: queue, HOLDS: holds, LOCK_MS: LOCK_MS[role], ...gateway };
  return resources.add(await AppProcess.start('queue-worker.mjs', env));
}
