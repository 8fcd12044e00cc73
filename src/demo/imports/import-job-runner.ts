import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { ImportFailedError, SheetImporter, type ImportSummary, type SourceFile } from '../importer/index.js';
import type { ImportJob, JobFile, RunnableImport } from './import-job.js';
import { ImportNotices } from './import-notices.js';
import { LOCK_MS } from './queue-options.js';
import { SampleSheets } from './sample-sheets.js';
import { UploadStore } from './upload-store.js';

/**
 * How long it may take until it is known whether what was said of an import counts, when Redis was away at its end: what waited
 * for it is sent within seconds.
 */
const SETTLED_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 200;

/** What both callers of the importer, the worker's and the server's, do around it. */
@Injectable()
export class ImportJobRunner {
  readonly #logger = new Logger(ImportJobRunner.name);

  constructor(
    private readonly importer: SheetImporter,
    private readonly reporter: JobReporter,
    private readonly notices: ImportNotices,
    private readonly uploads: UploadStore,
    private readonly samples: SampleSheets,
  ) {}

  /**
   * Imports the job's files and removes what was uploaded. An import that was withdrawn is left alone, and so is one that
   * another process was given meanwhile, because this one had stood still. One that is completed, as its user was told, is not
   * read again, though the queue may hand it out once more: it forgets who has a job while Redis is away.
   *
   * @throws ImportFailedError, and the signal's reason when it is aborted. The uploads stay, for whoever runs the job next.
   */
  async run(job: RunnableImport, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { importId, userId, files } = job.data;
    if (!(await this.uploads.isCommitted(importId))) {
      this.#logger.warn(`Import ${importId} is done already or was withdrawn; nothing to do.`);
      return;
    }
    const before = await this.notices.completion(job.data);
    if (before !== undefined) {
      await this.#finish(job.data, before);
      return;
    }
    this.#logger.log(`Import ${importId} begins: ${files.length} file(s)`);
    // Before the first report, in the same room: whose reports they are is known when they come.
    void this.notices.taken(job.data);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const summary = await this.reporter.run(job, { userId, total }, async (report) => {
      try {
        return await this.importer.run(await this.#locate(job.data), report, signal);
      } catch (error) {
        // To try again at once would end in the same way; when it helps is for the user to say.
        if (error instanceof ImportFailedError) void job.discard();
        throw error;
      }
    });
    // Whoever has it now needs the uploads, and says itself how it ends; unless nobody has, or this one was faster.
    if ((await job.extendLock(LOCK_MS)) !== 1 && !(await this.#isCompleted(job.data))) {
      this.#logger.warn(
        `Import ${importId} was handed to another process meanwhile; it is left to that one.`,
      );
      return;
    }
    await this.#finish(job.data, summary);
  }

  /** Uploads are removed last: whoever runs the job again after a crash finds them, and says what was not said. */
  async #finish(job: ImportJob, summary: ImportSummary): Promise<void> {
    await this.notices.ended(job, summary);
    await this.uploads.remove(job.importId);
    this.#logger.log(`Import ${job.importId} is done`);
  }

  /** Whether its end has been said and taken: then no process says anything else of it any more. */
  async #isCompleted(job: ImportJob): Promise<boolean> {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    while ((await this.notices.completion(job)) === undefined) {
      if (performance.now() > deadline) return false;
      await delay(LOOK_EVERY_MS);
    }
    return true;
  }

  /** The import has failed for good, unless its user asks for it again: the uploads stay for that. */
  async failed({ data }: RunnableImport): Promise<void> {
    this.#logger.error(`Import ${data.importId} has failed`);
    await this.notices.ended(data);
  }

  /** The queue has given the import up, and no process was told. */
  async lost(job: RunnableImport): Promise<void> {
    const { userId } = job.data;
    const error = new Error('The worker was lost again and again during this import; it is given up.');
    await this.reporter.lost(job, { userId }, error);
    await this.failed(job);
  }

  #locate({ importId, files }: ImportJob): Promise<SourceFile[]> {
    return Promise.all(files.map((file) => this.#locateFile(importId, file)));
  }

  async #locateFile(importId: string, { id, name, bytes, source }: JobFile): Promise<SourceFile> {
    if (source === 'upload') return { id, name, bytes, path: this.uploads.path(importId, id) };
    // The name came through Redis: it must not lead anywhere else.
    const path = (await this.samples.find(name))?.path ?? '/there/is/no/such/sample';
    return { id, name, bytes, path };
  }
}
