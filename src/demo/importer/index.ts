export { SheetImporter } from './sheet-importer.js';
export { ImportFailedError } from './import-failed-error.js';
export { ProcessIdentity, type EventOrigin } from './process-identity.js';
export type { FileResult, ImportSummary } from './import-result.js';
export type { FileInfo, SourceFile } from './import-request.js';
