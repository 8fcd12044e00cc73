export { IMPORT_QUEUE, type ImportJob, type JobFile, type RunnableImport } from './import-job.js';
export type { SheetEvents } from './import-events.js';
export { ImportJobRunner } from './import-job-runner.js';
export { ImportNotices, MailDelay } from './import-notices.js';
export { queueOptions } from './queue-options.js';
export { SampleSheets, type SampleSheet } from './sample-sheets.js';
export { ThrottledLog } from './throttled-log.js';
export { UploadStore } from './upload-store.js';
export { surviveWithoutRedis } from './survive-without-redis.js';
