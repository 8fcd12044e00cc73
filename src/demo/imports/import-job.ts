import type { JobLike } from 'nestjs-socket-gateway/jobs';
import type { FileInfo } from '../importer/index.js';

/** The job queue's name. */
export const IMPORT_QUEUE = 'sheet-import';

/** Where a job's file comes from: an upload is found by its id, a sample by its name. */
export interface JobFile extends FileInfo {
  source: 'upload' | 'sample';
}

/** An import as it waits for a process that has time for it. It names no paths: those may differ between processes. */
export interface ImportJob {
  importId: string;
  userId: string;
  files: JobFile[];
  /** How often its user has asked for it again, after it had failed. */
  round: number;
}

/** A job of Bull, or what stands for one in a server without a queue. */
export type RunnableImport = JobLike & {
  readonly data: ImportJob;
  /** It is not tried again by itself. */
  discard(): unknown;
  /**
   * Keeps other processes from it for a while longer.
   *
   * @returns 1, or 0 when this process does not have it any more
   */
  extendLock(durationMs: number): Promise<number>;
};
