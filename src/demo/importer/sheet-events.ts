import 'nestjs-socket-gateway/contract';
import type { SheetResult } from './sheet-result.js';

/** The process that an event comes from. */
export interface EventOrigin {
  pid: number;
  role: 'worker' | 'server';
}

/** What every event of an import carries. */
export interface ImportEvent extends EventOrigin {
  importId: string;
  /** When it was sent, in milliseconds since 1970. */
  time: number;
}

/** What every event of a run carries. An import whose worker was lost is run again, from the beginning. */
export interface RunEvent extends ImportEvent {
  /**
   * Which run, by when it began, in milliseconds since 1970. The run that was `started` last is the newest; clocks of two
   * machines may say otherwise. A lost worker may live on: then results are told by whichever run has them first.
   */
  run: number;
}

/** A file of an import. */
export interface FileInfo {
  id: string;
  name: string;
  bytes: number;
}

/** The payload of `sheet:sync:queued`: the import waits for a process that has time for it. */
export interface ImportQueued extends ImportEvent {
  files: FileInfo[];
}

/** The payload of `sheet:sync:started`. */
export interface ImportStarted extends RunEvent {
  files: FileInfo[];
}

/** The payload of `sheet:sync:progress`, at most ten per second and import. The only one that is `latest`. */
export interface ImportProgress extends RunEvent {
  file: FileInfo;
  rows: number;
  bytesDone: number;
  bytesTotal: number;
  rowsPerSecond: number;
  problems: number;
}

/** The payload of `sheet:sync:file`: a file is done. Once for each file that can be read, however often it is run. */
export interface FileImported extends RunEvent {
  file: FileInfo;
  durationMs: number;
  result: SheetResult;
}

/** The payload of `sheet:sync:failed`: a file cannot be read and the others go on; or, without `file`, all is over. */
export interface ImportFailed extends ImportEvent {
  run?: number;
  file?: FileInfo;
  message: string;
}

/** The payload of `sheet:sync:completed`: every file is done or has failed. */
export interface ImportCompleted extends RunEvent {
  files: number;
  failedFiles: number;
  rows: number;
  problems: number;
  durationMs: number;
}

/** The events of the sheet importer. All but the progress are `durable`. */
export interface SheetEvents {
  'sheet:sync:queued': ImportQueued;
  'sheet:sync:started': ImportStarted;
  'sheet:sync:progress': ImportProgress;
  'sheet:sync:file': FileImported;
  'sheet:sync:failed': ImportFailed;
  'sheet:sync:completed': ImportCompleted;
}

declare module 'nestjs-socket-gateway/contract' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merging takes an interface
  interface GatewayEvents extends SheetEvents {}
}
