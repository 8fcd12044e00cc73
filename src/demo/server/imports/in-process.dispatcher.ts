import {
  Injectable,
  Logger,
  ServiceUnavailableException,
  type BeforeApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { ImportJobRunner, UploadStore, type ImportJob } from '../../imports/index.js';
import { ImportDispatcher } from './import-dispatcher.js';

/** More imports than this are refused: they wait in memory. */
const MAX_WAITING = 20;

/** Imports in this process, one import at a time, for a server without Redis. */
@Injectable()
export class InProcessDispatcher
  extends ImportDispatcher
  implements OnModuleDestroy, BeforeApplicationShutdown
{
  override readonly mode = 'single-process';
  readonly #logger = new Logger(InProcessDispatcher.name);
  readonly #shutdown = new AbortController();
  readonly #waiting: ImportJob[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly runner: ImportJobRunner,
    private readonly uploads: UploadStore,
  ) {
    super();
  }

  override dispatch(job: ImportJob): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING || this.#shutdown.signal.aborted) {
      throw new ServiceUnavailableException('Too many imports are waiting. Try again in a little while.');
    }
    this.#waiting.push(job);
    this.#running ??= this.#work();
    return Promise.resolve();
  }

  onModuleDestroy(): void {
    this.#shutdown.abort(new Error('The server is being stopped.'));
  }

  /** Nobody else will do what is left: it goes with this process. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#running;
  }

  async #work(): Promise<void> {
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      try {
        await this.runner.run(job, this.#shutdown.signal);
      } catch (error) {
        if (this.#shutdown.signal.aborted) await this.uploads.remove(job.importId);
        else await this.#giveUp(job, error);
      }
    }
    this.#running = undefined;
  }

  async #giveUp(job: ImportJob, error: unknown): Promise<void> {
    this.#logger.error(`Import ${job.importId} failed`, (error as Error).stack);
    await this.runner.giveUp(job, 'The import failed because of an error on the server.');
  }
}
