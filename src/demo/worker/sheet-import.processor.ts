import { InjectQueue, OnQueueFailed, Process, Processor } from '@nestjs/bull';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { ImportFailedError } from '../importer/index.js';
import {
  IMPORT_QUEUE,
  ImportJobRunner,
  ThrottledLog,
  surviveWithoutRedis,
  type ImportJob,
} from '../imports/index.js';

/** Takes imports from the queue, one at a time; the importer does the rest. */
@Processor(IMPORT_QUEUE)
export class SheetImportProcessor implements OnModuleDestroy {
  readonly #logger = new Logger(SheetImportProcessor.name);
  readonly #throttledLog = new ThrottledLog(this.#logger);
  readonly #shutdown = new AbortController();

  constructor(
    private readonly runner: ImportJobRunner,
    @InjectQueue(IMPORT_QUEUE) private readonly queue: Queue<ImportJob>,
  ) {
    surviveWithoutRedis(queue, this.#throttledLog);
  }

  @Process()
  async process(job: Job<ImportJob>): Promise<void> {
    await this.runner.run(job, this.#shutdown.signal);
  }

  /** Also called for a job whose worker was lost too often, by the worker that finds it. */
  @OnQueueFailed()
  async onFailed(job: Job<ImportJob>, error: Error): Promise<void> {
    if (error.message.includes('stalled')) await this.runner.lost(job);
    else if (error instanceof ImportFailedError || job.attemptsMade >= (job.opts.attempts ?? 1))
      await this.runner.failed(job);
  }

  /** Hands a running job back to the queue, where another worker finds it, instead of finishing it. */
  async onModuleDestroy(): Promise<void> {
    // First, or this worker would take its own job again.
    await this.queue.pause(true, true).catch(() => undefined);
    this.#shutdown.abort(new Error('The worker is being stopped.'));
  }
}
