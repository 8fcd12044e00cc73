import 'nestjs-socket-gateway/contract';
import type { EventOrigin, FileInfo, ImportSummary } from '../importer/index.js';

/** What every event of an import carries beside the messages of its job. */
export interface ImportEvent {
  importId: string;
  /** When it was sent, in milliseconds since 1970. */
  time: number;
}

/** The payload of `sheet:sync:queued`: the import waits for a process that has time for it. */
export interface ImportQueued extends ImportEvent, EventOrigin {
  files: FileInfo[];
  /** How often its user has asked for it again. */
  round: number;
}

/** The payload of `sheet:sync:taken`: a process begins with it. The second of a round says that the first is lost. */
export type ImportTaken = ImportQueued;

/** The payload of `sheet:sync:ended`: for somebody who does not watch, in one sentence's worth. */
export interface ImportEnded extends ImportEvent, EventOrigin {
  outcome: 'completed' | 'failed';
  /** The names of its files. */
  files: string[];
  /** When it is completed. */
  summary?: ImportSummary;
}

/** The payload of `sheet:sync:mailed`: nobody saw how the import ended, so an e-mail would have been sent. */
export interface ImportMailed extends ImportEvent {
  subject: string;
  /** When the import ended. */
  endedAt: number;
}

/**
 * The events of the sheet importer beside `gateway:job`, which tells how its jobs get on: what the library cannot know.
 * All are `durable`.
 */
export interface SheetEvents {
  'sheet:sync:queued': ImportQueued;
  'sheet:sync:taken': ImportTaken;
  'sheet:sync:ended': ImportEnded;
  'sheet:sync:mailed': ImportMailed;
}

declare module 'nestjs-socket-gateway/contract' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- merging takes an interface
  interface GatewayEvents extends SheetEvents {}
}
