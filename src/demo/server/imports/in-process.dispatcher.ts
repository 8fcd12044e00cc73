import {
  ConflictException,
  Injectable,
  Logger,
  NotFoundException,
  ServiceUnavailableException,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  IMPORT_QUEUE,
  ImportJobRunner,
  UploadStore,
  type ImportJob,
  type RunnableImport,
} from '../../imports/index.js';
import { ImportDispatcher } from './import-dispatcher.js';
import { NO_SUCH_IMPORT, NOT_FAILED } from './retry-refusals.js';

/** More imports than this are refused: they wait in memory. */
const MAX_WAITING = 20;

/** Of imports that have failed, so many can be done again; their uploads are kept. */
const MAX_FAILED = 20;

/** Imports in this process, one import at a time, for a server without Redis. */
@Injectable()
export class InProcessDispatcher
  extends ImportDispatcher
  implements OnModuleDestroy, BeforeApplicationShutdown
{
  override readonly mode = 'single-process';
  readonly #logger = new Logger(InProcessDispatcher.name);
  readonly #shutdown = new AbortController();
  readonly #waiting: RunnableImport[] = [];
  /** By import, the oldest first. */
  readonly #failed = new Map<string, RunnableImport>();
  /** Imports that wait or are being done. */
  readonly #begun = new Map<string, ImportJob>();
  #running: Promise<void> | undefined;

  constructor(
    private readonly runner: ImportJobRunner,
    private readonly uploads: UploadStore,
  ) {
    super();
  }

  override dispatch(data: ImportJob): Promise<void> {
    return this.#enqueue({ id: data.importId, timestamp: Date.now(), data, ...ONE_ATTEMPT });
  }

  override async retry(importId: string, userId: string): Promise<ImportJob> {
    const failed = this.#failed.get(importId);
    const data = failed?.data ?? this.#begun.get(importId);
    if (data?.userId !== userId) throw new NotFoundException(NO_SUCH_IMPORT);
    if (failed === undefined) throw new ConflictException(NOT_FAILED);
    const next = { ...data, round: data.round + 1 };
    // Another object is another run.
    await this.#enqueue({ ...failed, data: next });
    this.#failed.delete(importId);
    return next;
  }

  onModuleDestroy(): void {
    this.#shutdown.abort(new Error('The server is being stopped.'));
  }

  /** Nobody else will do what is left: it goes with this process. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#running;
    for (const importId of this.#failed.keys()) await this.uploads.remove(importId);
  }

  #enqueue(job: RunnableImport): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING || this.#shutdown.signal.aborted) {
      throw new ServiceUnavailableException('Too many imports are waiting. Try again in a little while.');
    }
    this.#waiting.push(job);
    this.#begun.set(job.data.importId, job.data);
    this.#running ??= this.#work();
    return Promise.resolve();
  }

  async #work(): Promise<void> {
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      try {
        await this.runner.run(job, this.#shutdown.signal);
      } catch (error) {
        if (this.#shutdown.signal.aborted) await this.uploads.remove(job.data.importId);
        else await this.#keepFailed(job, error);
      }
      this.#begun.delete(job.data.importId);
    }
    this.#running = undefined;
  }

  async #keepFailed(job: RunnableImport, error: unknown): Promise<void> {
    const { importId } = job.data;
    this.#logger.warn(`Import ${importId} failed: ${(error as Error).message}`);
    this.#failed.set(importId, job);
    for (const oldest of this.#failed.keys()) {
      if (this.#failed.size <= MAX_FAILED) break;
      this.#failed.delete(oldest);
      await this.uploads.remove(oldest);
    }
    await this.runner.failed(job);
  }
}

/** There is no queue that would try it again. */
const ONE_ATTEMPT = {
  queueName: IMPORT_QUEUE,
  attemptsMade: 0,
  opts: { attempts: 1 },
  discard: () => undefined,
  extendLock: () => Promise.resolve(1),
};
