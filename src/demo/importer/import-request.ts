import type { FileInfo } from './sheet-events.js';

/** A file that is to be imported, and where it is. */
export interface SourceFile extends FileInfo {
  path: string;
}

/** An import that a user has asked for. */
export interface ImportRequest {
  importId: string;
  userId: string;
  files: readonly SourceFile[];
}
