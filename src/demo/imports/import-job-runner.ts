import { Injectable, Logger } from '@nestjs/common';
import { JobReporter } from 'nestjs-socket-gateway/jobs';
import { ImportFailedError, SheetImporter, type SourceFile } from '../importer/index.js';
import type { ImportJob, JobFile, RunnableImport } from './import-job.js';
import { ImportNotices } from './import-notices.js';
import { LOCK_MS } from './queue-options.js';
import { SampleSheets } from './sample-sheets.js';
import { UploadStore } from './upload-store.js';

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
   * another process was given meanwhile, because this one had stood still.
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
    // Whoever has it now needs the uploads, and says itself how it ends.
    if ((await job.extendLock(LOCK_MS)) !== 1) {
      this.#logger.warn(
        `Import ${importId} was handed to another process meanwhile; it is left to that one.`,
      );
      return;
    }
    // Uploads are removed last: whoever runs the job again after a crash finds them, and says what was not said.
    await this.notices.ended(job.data, summary);
    await this.uploads.remove(importId);
    this.#logger.log(`Import ${importId} is done`);
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
