import type { EventOrigin } from './process-identity.js';
import type { SheetResult } from './sheet-result.js';

/** What `file_completed` tells of a file. */
export interface FileResult {
  sheet: SheetResult;
  durationMs: number;
  /** Who has read it: in a later run, another process tells of the files after it. */
  by: EventOrigin;
}

/** What `job_completed` tells of an import. */
export interface ImportSummary {
  files: number;
  failedFiles: number;
  rows: number;
  problems: number;
  durationMs: number;
}
