import type { GapReason } from './gap-reason.js';

/** Which part of a room's log to read. */
export interface HistoryOptions {
  /**
   * The id of the event after which to begin, such as `position` of the page before.
   * @default the oldest event that is kept
   */
  after?: string | undefined;
  /** The most events to return, 1 to 1000. @default 100 */
  limit?: number | undefined;
}

/** An event of a room's log. */
export interface HistoryEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** A page of what a room's log keeps, oldest first. */
export interface RoomHistory {
  readonly events: readonly HistoryEvent[];
  /** Give it as `after` for the next page. */
  readonly position: string;
  /** Whether there are newer events. */
  readonly hasMore: boolean;
  /** Why events between `after` and the last of these are missing; absent when none are. */
  readonly gap?: GapReason;
}
