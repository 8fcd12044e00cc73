import type { GatewayError } from '../../contract/index.js';
import type { AppendEvent, AppendOutcome } from '../../room-log/index.js';

/** What is emitted to a room and kept: its JSON, and how. */
export type KeptEmit =
  | {
      readonly delivery: 'durable';
      readonly data: string;
      readonly dedupeKey?: string | undefined;
      readonly clears?: string | undefined;
    }
  | { readonly delivery: 'latest'; readonly data: string; readonly key: string };

/**
 * What became of it.
 *
 * - `published`: the log has it, or it is the latest value of its key. `servers` had a socket in the room.
 * - `duplicate`: the log has another with its `dedupeKey`.
 * - `queued`: the log is away; it is kept, and appended when the log is back.
 * - `failed`: it is not kept.
 */
export type KeptResult =
  | { readonly status: 'published'; readonly id?: string; readonly servers?: number }
  | { readonly status: 'duplicate'; readonly id: string }
  | { readonly status: 'queued' }
  | { readonly status: 'failed'; readonly error: GatewayError };

/** One event on its way to the log. */
export class LaneEvent {
  readonly append: AppendEvent;
  /** When it was sent first, as `performance.now()` counts; undefined before. */
  firstSentAt: number | undefined;
  #settle: ((result: KeptResult) => void) | undefined;

  constructor(seq: number, emit: KeptEmit, settle: (result: KeptResult) => void) {
    const { data } = emit;
    this.append =
      emit.delivery === 'latest'
        ? { kind: 'latest', seq, data, key: emit.key }
        : { kind: 'durable', seq, data, dedupeKey: emit.dedupeKey, clears: emit.clears };
    this.#settle = settle;
  }

  get seq(): number {
    return this.append.seq;
  }

  /** About what it takes; a character is counted as one. */
  get bytes(): number {
    return this.append.data.length;
  }

  /** Whether its emitter has been told a result. */
  get isSettled(): boolean {
    return this.#settle === undefined;
  }

  /** Tells the emitter, once; returns whether it had not been told before. */
  settle(result: KeptResult): boolean {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
    return settle !== undefined;
  }
}

/** What the emitter of an event is told of its outcome. */
export function resultOf(outcome: AppendOutcome, receivers: number): KeptResult {
  const servers = receivers >= 0 ? { servers: receivers } : {};
  switch (outcome.outcome) {
    case 'appended':
      return { status: 'published', id: outcome.token, ...servers };
    case 'before':
      return outcome.token === undefined
        ? { status: 'published' }
        : { status: 'published', id: outcome.token };
    case 'duplicate':
      return { status: 'duplicate', id: outcome.token };
    case 'latest':
      return { status: 'published', ...servers };
  }
}
