export { importDelivery } from './import-delivery.js';
export { SheetImporter } from './sheet-importer.js';
export { ProcessIdentity } from './process-identity.js';
export type { ImportRequest, SourceFile } from './import-request.js';
export type { EventOrigin, FileInfo, ImportFailed, ImportQueued, SheetEvents } from './sheet-events.js';
