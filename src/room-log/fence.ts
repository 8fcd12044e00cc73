/** How a piece of work ended, after which nothing more is said about it. */
export type FenceEnd = 'completed' | 'failed';

/**
 * Which run an event is of, for work that may be run again while an older run has not noticed that it was given up. A room
 * refuses what an older run says once a newer one has said anything, in the step in which it would append it.
 */
export interface Fence {
  /** Whose runs are counted. */
  readonly key: string;
  readonly run: number;
  /** What the run belongs to: runs of one era do the same work; without spaces. */
  readonly era: string;
  /** This event ends its era: later events of it are refused, of whatever run. */
  readonly ends?: FenceEnd | undefined;
}

/** What is asked for a new run. */
export interface RunRequest {
  /** As `Fence.key`. */
  readonly key: string;
  /** The number is not below it, whatever the log has forgotten. */
  readonly atLeast: number;
  /** Tells work from other work that later gets the same key; without spaces. Other work begins a new era. */
  readonly identity: string;
  /** The era, should a new one begin: random. */
  readonly era: string;
  /** Whether a run after one that has failed for ever begins a new era. */
  readonly reopens: boolean;
  /** Who the work is done for, told by `RoomLog.ownerOf`. */
  readonly owner?: string | undefined;
}

/** A run, with a number above that of every run before. */
export interface Run {
  readonly run: number;
  readonly era: string;
}
