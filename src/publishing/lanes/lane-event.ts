import { GatewayError, type EmitResult } from '../../contract/index.js';
import type { AppendEvent, AppendOutcome } from '../../room-log/index.js';
import type { KeptEmit } from '../kept-sender.js';

/**
 * One event on its way to the log, and for a while after. Thousands are kept, and what they are made of is what an emit costs
 * the garbage collector: so one object has all that the lanes know of an event, and its times are whole.
 */
export class LaneEvent {
  readonly room: string;
  readonly append: AppendEvent;
  /** Of its JSON. */
  readonly bytes: number;
  /** When it was emitted, as `wholeNow` counts. */
  readonly emittedAt = wholeNow();
  /** When it was sent first, as `wholeNow` counts; undefined before. */
  firstSentAt: number | undefined;
  /** When the log acknowledged it, as `wholeNow` counts; undefined before. */
  acknowledgedAt: number | undefined;
  /** Among those that the log acknowledged; undefined before, and when it is to be sent again. */
  place: number | undefined;
  #settle: ((result: EmitResult) => void) | undefined;

  /** @param bytes of its JSON */
  constructor(
    room: string,
    seq: number,
    emit: KeptEmit,
    bytes: number,
    settle: (result: EmitResult) => void,
  ) {
    this.room = room;
    const { data, fence } = emit;
    this.append =
      emit.delivery === 'latest'
        ? { kind: 'latest', seq, data, key: emit.key, fence }
        : {
            kind: 'durable',
            seq,
            data,
            dedupeKey: emit.dedupeKey,
            clears: emit.clears,
            fence,
            receipt: emit.receipt,
          };
    this.bytes = bytes;
    this.#settle = settle;
  }

  get seq(): number {
    return this.append.seq;
  }

  /** The length of its JSON. */
  get chars(): number {
    return this.append.data.length;
  }

  /** Whether clients are asked to acknowledge it. */
  get asksReceipt(): boolean {
    return this.append.kind === 'durable' && this.append.receipt !== undefined;
  }

  /** Whether its emitter has been told a result. */
  get isSettled(): boolean {
    return this.#settle === undefined;
  }

  /** Tells the emitter, once; returns whether it had not been told before. */
  settle(result: EmitResult): boolean {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(result);
    return settle !== undefined;
  }
}

/** `performance.now()` without its parts of a ms: a number with parts is an object of its own where it is kept. */
export function wholeNow(): number {
  return Math.floor(performance.now());
}

/** What the emitter of an event is told when it is not taken. */
export function failed(error: GatewayError): EmitResult {
  return { status: 'failed', error };
}

/** What the emitter of an event is told of its outcome. */
export function resultOf(outcome: AppendOutcome, receivers: number): EmitResult {
  const isCounted = receivers >= 0;
  switch (outcome.outcome) {
    case 'appended':
      return isCounted
        ? { status: 'published', id: outcome.token, servers: receivers }
        : { status: 'published', id: outcome.token };
    case 'before':
      return outcome.token === undefined
        ? { status: 'published' }
        : { status: 'published', id: outcome.token };
    case 'duplicate':
      return { status: 'duplicate', id: outcome.token };
    case 'fenced':
      return failed(
        new GatewayError('FENCED', 'A newer run of this job has reported, or the job has ended.'),
      );
    case 'latest':
      return isCounted ? { status: 'published', servers: receivers } : { status: 'published' };
  }
}
