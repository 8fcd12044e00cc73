import { setTimeout as delay } from 'node:timers/promises';
import type { Queue } from 'bull';
import type { ThrottledLog } from './throttled-log.js';

const PING_DEADLINE_MS = 500;

/**
 * Handles what Bull leaves to nobody while Redis is away. To be called before the queue is used.
 *
 * - Errors of its connections are logged, once per 10 s and cause.
 * - `process`, whose promise Nest ignores, rejects when the queue is closed before it was ever connected; the
 *   rejection would end the process in the middle of its shutdown.
 * - `close`, which Nest calls at the end, waits for jobs by connecting anew, and rejects when it cannot. No job can be
 *   finished without Redis, so it does not wait then; another worker will do the job again.
 */
export function surviveWithoutRedis(queue: Queue, log: ThrottledLog): void {
  queue.on('error', (error) => log.error('The queue has a problem', error));

  const process = queue.process.bind(queue) as (...args: unknown[]) => Promise<void>;
  queue.process = (...args: unknown[]) =>
    process(...args).catch((error: unknown) => log.error('The queue is not processed', error));

  const close = queue.close.bind(queue);
  queue.close = async (doNotWaitForJobs = false) => {
    const away = !(await answers(queue));
    await close(doNotWaitForJobs || away).catch((error: unknown) => {
      log.error('The queue did not close in order', error);
    });
  };
}

async function answers(queue: Queue): Promise<boolean> {
  if (queue.client.status !== 'ready') return false;
  const deadline = new AbortController();
  const pong = queue.client.ping().then(
    () => true,
    () => false,
  );
  const late = delay(PING_DEADLINE_MS, false, { signal: deadline.signal }).catch(() => false);
  try {
    return await Promise.race([pong, late]);
  } finally {
    // A timer that runs on would hold up the end of the process.
    deadline.abort();
  }
}
