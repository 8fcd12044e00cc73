import { InjectQueue } from '@nestjs/bull';
import {
  ConflictException,
  GoneException,
  HttpException,
  Injectable,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { Queue } from 'bull';
import {
  IMPORT_QUEUE,
  ThrottledLog,
  UploadStore,
  surviveWithoutRedis,
  type ImportJob,
} from '../../imports/index.js';
import { ImportDispatcher } from './import-dispatcher.js';
import { NO_SUCH_IMPORT, NOT_FAILED, UPLOADS_GONE } from './retry-refusals.js';

/** With a margin to the 3 s that a user may have to wait for an answer. */
const DEADLINE_MS = 2000;

/** Hands imports to the workers, as jobs of a Bull queue. */
@Injectable()
export class QueueDispatcher extends ImportDispatcher {
  override readonly mode = 'workers';
  readonly #log = new ThrottledLog(new Logger(QueueDispatcher.name));

  constructor(
    @InjectQueue(IMPORT_QUEUE) private readonly queue: Queue<ImportJob>,
    private readonly uploads: UploadStore,
  ) {
    super();
    surviveWithoutRedis(queue, this.#log);
  }

  /**
   * After the deadline the job may still reach the queue; the worker that gets it finds that the upload is gone, and
   * leaves it alone.
   */
  override dispatch(job: ImportJob): Promise<void> {
    return this.#inTime(async (signal) => {
      const added = await this.queue.add(job, { jobId: job.importId });
      if (signal.aborted) await added.remove().catch(() => undefined);
    }, ', so nothing was imported');
  }

  override retry(importId: string, userId: string): Promise<ImportJob> {
    return this.#inTime(async (signal) => {
      const job = await this.queue.getJob(importId);
      if (job?.data.userId !== userId) throw new NotFoundException(NO_SUCH_IMPORT);
      if (!(await job.isFailed())) throw new ConflictException(NOT_FAILED);
      if (!(await this.uploads.isCommitted(importId))) throw new GoneException(UPLOADS_GONE);
      if (signal.aborted) throw new Error('too late');
      const data = { ...job.data, round: job.data.round + 1 };
      await job.update(data);
      await job.retry().catch((error: unknown) => {
        // Another tab was faster.
        throw (error as Error).message.startsWith("Couldn't retry")
          ? new ConflictException(NOT_FAILED)
          : error;
      });
      return data;
    });
  }

  /** Bull neither resolves nor rejects while Redis is away, so there is a deadline. */
  async #inTime<Result>(work: (signal: AbortSignal) => Promise<Result>, consequence = ''): Promise<Result> {
    const deadline = new AbortController();
    const { signal } = deadline;
    const timer = setTimeout(() => deadline.abort(), DEADLINE_MS);
    try {
      return await Promise.race([this.#connected(signal).then(() => work(signal)), aborted(signal)]);
    } catch (error) {
      if (error instanceof HttpException) throw error;
      this.#log.error('The job queue cannot be used', error);
      throw new ServiceUnavailableException(
        `The job queue cannot be reached at the moment${consequence}. Try again in a little while.`,
      );
    } finally {
      clearTimeout(timer);
    }
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
