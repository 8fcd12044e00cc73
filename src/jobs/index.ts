export {
  JOB_REPORTER_OPTIONS,
  JobReporter,
  type JobReportOptions,
  type JobRunOptions,
} from './job-reporter.js';
export type { JobReport } from './job-report.js';
export type { JobReporterOptions } from './job-reporter.options.js';
export { JobChannels, type JobChannelsOptions } from './job-channels.js';
export { jobRoom, type JobSecret } from '../job-rooms/index.js';
export type { JobLike } from './job-like.js';
export {
  GatewayError,
  isGatewayError,
  SocketEmitter,
  type EmitResult,
  type FileCompleted,
  type FileProcessing,
  type GatewayErrorCode,
  type JobCompleted,
  type JobError,
  type JobErrorMessage,
  type JobFailed,
  type JobMessage,
  type JobMessageBase,
  type JobProgress,
  type JobStarted,
  type JobState,
} from '../contract/index.js';
