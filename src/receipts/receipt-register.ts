import type { ReceiptWish, Token } from '../room-log/index.js';

/** An event that is about to be appended, and what its emitter wants to know of it. */
export interface RegisteredEvent {
  readonly seq: number;
  /** As it is appended. */
  readonly data: string;
  readonly wish: ReceiptWish;
}

/** Events of one emitter for the room of one user. */
export interface Registration {
  readonly room: string;
  readonly emitter: string;
  readonly events: readonly RegisteredEvent[];
  /** Whether they may have been registered, and acknowledged, before. */
  readonly isRetry: boolean;
}

/** An event that no client acknowledged in time, and that is the taker's until its lease ends. */
export interface TakenEvent {
  /** What the register knows it by. */
  readonly uid: string;
  readonly room: string;
  readonly data: string;
  /** Its token; undefined while it is not known whether it was appended. */
  readonly token: Token | undefined;
  readonly emittedAt: number;
  /** How long ago it was registered, in ms. */
  readonly ageMs: number;
  /** 1 for the first time that it was taken. */
  readonly attempt: number;
}

/** How to take what is due. */
export interface TakeOptions {
  /** Who takes: of several, only the last one who took an event may give it back. */
  readonly holder: string;
  /** The most events to take. */
  readonly limit: number;
  /** When others may take them, unless the lease is renewed before. */
  readonly leaseMs: number;
}

/** What was taken, and how much was dropped because nobody had taken it for too long. */
export interface TakenEvents {
  readonly events: readonly TakenEvent[];
  readonly expiredCount: number;
}

/**
 * What becomes of an event that was taken.
 *
 * - `handled`: for good.
 * - `later`: it is due again in `inMs`. With `isFree` the attempt does not count.
 * - `parked`: it is not handled any more; `text` is kept among the newest `maxParked`.
 * - `dropped`: it never was in a log.
 */
export type Ending =
  | { readonly kind: 'handled' }
  | { readonly kind: 'later'; readonly inMs: number; readonly isFree?: boolean }
  | { readonly kind: 'parked'; readonly text: string; readonly maxParked: number }
  | { readonly kind: 'dropped' };

/**
 * Which events clients are to acknowledge, and what is to happen when none does. Every method is one atomic step, and
 * rejects with a `GatewayError` when the register cannot be reached. Times are those of the register's own clock.
 */
export abstract class ReceiptRegister {
  /**
   * To be called before the events are appended, so that nothing is lost between the two.
   *
   * @throws (rejects) FALLBACKS_FULL: none of them is registered
   */
  abstract register(registration: Registration): Promise<void>;

  /** The append of an event with a fallback was answered: its token, or that there is nothing to hand over. */
  abstract settle(emitter: string, seq: number, token: Token | undefined): Promise<void>;

  /**
   * A client of the room has handled events. Those that were registered for another room, or not at all, are ignored.
   *
   * @returns those that somebody waited for until now
   */
  abstract acknowledge(room: string, tokens: readonly Token[]): Promise<readonly Token[]>;

  /** Whether clients have handled events that their emitter waits for. Nothing is known any more of those in `forget`. */
  abstract acknowledged(
    emitter: string,
    seqs: readonly number[],
    forget: readonly number[],
  ): Promise<boolean[]>;

  /** Takes events that no client has acknowledged in time, and that nobody holds. */
  abstract take(options: TakeOptions): Promise<TakenEvents>;

  /** Holds events for another `leaseMs` from now; those that were taken by others since are left to them. */
  abstract renew(holder: string, uids: readonly string[], leaseMs: number): Promise<void>;

  /** Ends a lease. Only `handled` is accepted of who has lost it meanwhile. Returns whether it was accepted. */
  abstract finish(holder: string, uid: string, ending: Ending): Promise<boolean>;
}

/** How large a register may grow, and how long it keeps what nobody takes. */
export interface ReceiptLimits {
  /** Events that wait for an acknowledgement or a handler. */
  readonly maxFallbacks: number;
  /** How long after it was due an event that nobody takes is kept, in ms. */
  readonly keepMs: number;
}

/** How long it is remembered that an event is done with, in ms, and of how many: its emitter may still send it again. */
export const DONE_KEPT_MS = 10 * 60_000;
export const MAX_DONE = 10_000;
