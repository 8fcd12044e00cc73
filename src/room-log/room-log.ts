import type { GapReason } from '../contract/index.js';
import type { Fence, Run, RunRequest } from './fence.js';
import type { Position, Token } from './position.js';
import type { ReceiptWish } from './receipt-wish.js';
import type { RoomEvent } from './room-message.js';

/** One event of a batch. `data` is JSON that nobody parses on its way; `seq` counts the events of its emitter. */
export type AppendEvent =
  | {
      readonly kind: 'durable';
      readonly seq: number;
      readonly data: string;
      /** An event with a key that was appended before is not appended again. */
      readonly dedupeKey?: string | undefined;
      /** The key of the latest value that is dropped in the same step. */
      readonly clears?: string | undefined;
      /** Refuses it when a newer run has reported. */
      readonly fence?: Fence | undefined;
      /** Clients are asked to acknowledge it, whenever they are sent it: its token says so, see `asksForReceipt`. */
      readonly receipt?: ReceiptWish | undefined;
    }
  | {
      readonly kind: 'latest';
      readonly seq: number;
      readonly data: string;
      /** Whose newest value this is. Without control characters. */
      readonly key: string;
      /** Refuses it when a newer run has reported. */
      readonly fence?: Fence | undefined;
    };

/** The newest event of an emitter in a room that the log acknowledged. */
export interface Acknowledged {
  readonly seq: number;
  /** As `AppendBatch.firstSentAt`. */
  readonly firstSentAt: number;
  /** The newest token that was told for one of its events in this room. */
  readonly token: Token | undefined;
}

/** Events of one emitter for one room, appended in one step. */
export interface AppendBatch {
  readonly room: string;
  /** As `createEmitterId` makes them. */
  readonly emitter: string;
  /** In the order of their `seq`, which is above that of every batch before. At least one. */
  readonly events: readonly AppendEvent[];
  /**
   * When the oldest of the events was sent first, as `performance.now()` counts: how far back the log is looked through
   * for an attempt whose answer was lost.
   */
  readonly firstSentAt: number;
  /** Whether any of the events may have been sent before. */
  readonly isRetry: boolean;
  /** What the log acknowledged of this emitter in this room, and must therefore still know. */
  readonly acknowledged?: Acknowledged | undefined;
}

/**
 * What became of an event.
 *
 * - `appended`: it is in the log.
 * - `before`: an earlier attempt had appended it; the token is not known when the log has lost it, and for a latest value.
 * - `duplicate`: another event with its `dedupeKey` is in the log, under this token.
 * - `latest`: it is the newest value of its key.
 * - `fenced`: it was refused, because a newer run has reported, or what it reports of has ended.
 */
export type AppendOutcome =
  | { readonly outcome: 'appended'; readonly token: Token }
  | { readonly outcome: 'before'; readonly token: Token | undefined }
  | { readonly outcome: 'duplicate'; readonly token: Token }
  | { readonly outcome: 'latest'; readonly version: string }
  | { readonly outcome: 'fenced' };

/**
 * What became of a batch.
 *
 * - `done`: one outcome per event; `receivers` is how many servers follow the room, -1 when they could not be notified
 *   (they find the events by themselves) or cannot be counted (in a cluster), 0 also when nothing was new.
 * - `forgotten`: the log does not know what it acknowledged; nothing was appended. Send all that may be missing again,
 *   oldest first, without `acknowledged`.
 */
export type AppendReport =
  | { readonly status: 'done'; readonly receivers: number; readonly outcomes: readonly AppendOutcome[] }
  | { readonly status: 'forgotten' };

/** The latest values of a room and the version that they make up together. */
export interface LatestValues {
  /** Differs after every change; empty when there never was a value. Compared for equality only. */
  readonly version: string;
  readonly values: readonly LatestValue[];
}

export interface LatestValue {
  readonly key: string;
  readonly version: string;
  readonly data: string;
}

/** What every look at a room tells. */
interface LookBase {
  /** The token of the room's newest durable event, or of its genesis. */
  readonly tail: Token;
  readonly latestVersion: string;
  /** Only when it was asked for. */
  readonly latest: LatestValues | undefined;
}

/**
 * One atomic look at a room for a position.
 *
 * - `current`: nothing was missed.
 * - `chain`: the events after the position, the first one's `prev` being the position; they are all when the last one
 *   is the tail. The links between them are for the receiver to check.
 * - `gap`: events are missing. Go on from `resume`: it is where the next look finds a chain, or is the tail.
 */
export type RoomLook =
  | (LookBase & { readonly verdict: 'current' })
  | (LookBase & { readonly verdict: 'chain'; readonly events: readonly RoomEvent[] })
  | (LookBase & {
      readonly verdict: 'gap';
      readonly reason: Extract<GapReason, 'trimmed' | 'expired' | 'rolled-back'>;
      readonly resume: Token;
      /** Whether `resume` is one of the tokens in `known`. */
      readonly isResumeKnown: boolean;
    });

export interface AttachOptions {
  /** The most events to return, from the position on. */
  readonly limit: number;
  /** Return the latest values too, of the same moment. */
  readonly latest?: boolean | undefined;
  /** Tokens the receiver has seen, newest first: after a rollback it goes on from the newest that is still there. */
  readonly known?: readonly Token[] | undefined;
}

/** Of one room, or why it could not be told. */
export type TailReport =
  { readonly tail: Token; readonly latestVersion: string } | { readonly error: unknown };

/** Told when a log becomes usable; `mayHaveForgotten` unless it is proved that it is the same one as before. */
export type LogReadyListener = (session: { readonly mayHaveForgotten: boolean }) => void;

/**
 * The bounded, expiring record of the durable events of rooms, and their latest values.
 *
 * Every append is atomic for its room and idempotent: whatever arrives late or twice is in the log once. Methods reject
 * with a `GatewayError`; `retryable` says that the log is away for the moment, and a `REDIS_REFUSED` that this room's
 * keys cannot be used.
 */
export abstract class RoomLog {
  /** Whether calls reach the log at this moment. */
  abstract readonly isReady: boolean;

  /** Calls `listener` whenever the log becomes ready, at once too if it is now. Returns the way to stop it. */
  abstract onReady(listener: LogReadyListener): () => void;

  /** Calls `listener` whenever the log goes away. Returns the way to stop it. */
  abstract onAway(listener: () => void): () => void;

  /** Starts to connect, if that has not happened. Does not wait. */
  abstract open(): void;

  /**
   * Appends a batch and notifies who follows the room, in one atomic step. Batches of several rooms that are appended
   * in one tick travel together.
   *
   * @throws (rejects) what is retryable may have happened nevertheless: append the same batch again, as a retry
   */
  abstract append(batch: AppendBatch): Promise<AppendReport>;

  /**
   * Looks at a room.
   *
   * @param position null: only where the room is now
   */
  abstract attach(room: string, position: Position | null, options: AttachOptions): Promise<RoomLook>;

  /** The newest `count` events of a room as a `chain`; `current` when there are none. */
  abstract newest(room: string, count: number, options?: { latest?: boolean }): Promise<RoomLook>;

  /** The tails of many rooms, in their order; keeps them from being forgotten. */
  abstract tails(rooms: readonly string[]): Promise<TailReport[]>;

  /** The latest values of a room. */
  abstract latest(room: string): Promise<LatestValues>;

  /**
   * How many servers follow a room at this moment, as far as the log knows: a hint. 0 for a log in memory, which only its
   * own process can follow.
   */
  abstract followerCount(room: string): Promise<number>;

  /** Gives a run of some work its number. A call whose answer was lost may be repeated: numbers may be left out. */
  abstract beginRun(room: string, request: RunRequest): Promise<Run>;

  /** For whom the work with this key is done, as the newest run that named somebody has said. */
  abstract ownerOf(room: string, key: string): Promise<string | undefined>;
}
