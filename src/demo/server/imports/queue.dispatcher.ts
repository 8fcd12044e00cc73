import { InjectQueue } from '@nestjs/bull';
import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import type { Queue } from 'bull';
import { IMPORT_QUEUE, ThrottledLog, surviveWithoutRedis, type ImportJob } from '../../imports/index.js';
import { ImportDispatcher } from './import-dispatcher.js';

/** With a margin to the 3 s that a user may have to wait for an answer. */
const DEADLINE_MS = 2000;

/** Hands imports to the workers, as jobs of a Bull queue. */
@Injectable()
export class QueueDispatcher extends ImportDispatcher {
  override readonly mode = 'workers';
  readonly #log = new ThrottledLog(new Logger(QueueDispatcher.name));

  constructor(@InjectQueue(IMPORT_QUEUE) private readonly queue: Queue<ImportJob>) {
    super();
    surviveWithoutRedis(queue, this.#log);
  }

  /**
   * Bull neither resolves nor rejects while Redis is away, so there is a deadline. After it the job may still reach
   * the queue; the worker that gets it finds that the upload is gone, and leaves it alone.
   */
  override async dispatch(job: ImportJob): Promise<void> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
    try {
      await Promise.race([this.#add(job, deadline.signal), aborted(deadline.signal)]);
    } catch (error) {
      this.#log.error('An import cannot be queued', error);
      throw new ServiceUnavailableException(
        'The job queue cannot be reached at the moment, so nothing was imported. Try again in a little while.',
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async #add(job: ImportJob, signal: AbortSignal): Promise<void> {
    await this.#connected(signal);
    const added = await this.queue.add(job, { jobId: job.importId });
    if (signal.aborted) await added.remove().catch(() => undefined);
  }

  async #connected(signal: AbortSignal): Promise<void> {
    const { client } = this.queue;
    if (client.status === 'ready') return;
    await new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        client.off('ready', settle);
        if (signal.aborted) reject(new Error('Redis is away'));
        else resolve();
      };
      client.once('ready', settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no answer from Redis')), { once: true });
  });
}
