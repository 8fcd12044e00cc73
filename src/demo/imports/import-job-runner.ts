import { Injectable, Logger } from '@nestjs/common';
import { SocketEmitter } from 'nestjs-socket-gateway/contract';
import { importDelivery, ProcessIdentity, SheetImporter, type SourceFile } from '../importer/index.js';
import type { ImportJob, JobFile } from './import-job.js';
import { SampleSheets } from './sample-sheets.js';
import { UploadStore } from './upload-store.js';

/** What both callers of the importer, the worker's and the server's, do around it. */
@Injectable()
export class ImportJobRunner {
  readonly #logger = new Logger(ImportJobRunner.name);

  constructor(
    private readonly importer: SheetImporter,
    private readonly uploads: UploadStore,
    private readonly samples: SampleSheets,
    private readonly emitter: SocketEmitter,
    private readonly identity: ProcessIdentity,
  ) {}

  /**
   * Imports the job's files and removes what was uploaded. An import that was withdrawn is left alone.
   *
   * @throws the signal's reason when it is aborted; the uploads stay, for whoever runs the job next.
   */
  async run(job: ImportJob, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { importId, userId } = job;
    if (!(await this.uploads.isCommitted(importId))) {
      this.#logger.warn(`Import ${importId} is done already or was withdrawn; nothing to do.`);
      return;
    }
    this.#logger.log(`Import ${importId} begins: ${job.files.length} file(s)`);
    await this.importer.run({ importId, userId, files: await this.#locate(job) }, signal);
    await this.uploads.remove(importId);
    this.#logger.log(`Import ${importId} is done`);
  }

  /** Gives an import up, and tells its user. */
  async giveUp({ importId, userId }: ImportJob, message: string): Promise<void> {
    await this.uploads.remove(importId);
    const { pid, role } = this.identity;
    const data = { importId, pid, role, time: Date.now(), message };
    await this.emitter.emitToUser(userId, 'sheet:sync:failed', data, importDelivery.end(importId));
  }

  #locate({ importId, files }: ImportJob): Promise<SourceFile[]> {
    return Promise.all(files.map((file) => this.#locateFile(importId, file)));
  }

  async #locateFile(importId: string, { id, name, bytes, source }: JobFile): Promise<SourceFile> {
    if (source === 'upload') return { id, name, bytes, path: this.uploads.path(importId, id) };
    // The name came through Redis: it must not lead anywhere else.
    const sample = await this.samples.find(name);
    return { id, name, bytes, path: this.samples.path(sample?.name ?? 'there is no such sample') };
  }
}
