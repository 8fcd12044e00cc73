import { GatewayError, type EmitResult } from '../../contract/index.js';
import type { AppendEvent, AppendOutcome } from '../../room-log/index.js';
import type { KeptEmit } from '../kept-sender.js';

/** One event on its way to the log. */
export class LaneEvent {
  readonly append: AppendEvent;
  /** Of its JSON. */
  readonly bytes: number;
  /** When it was emitted, as `performance.now()` counts. */
  readonly emittedAt = performance.now();
  /** When it was sent first, as `performance.now()` counts; undefined before. */
  firstSentAt: number | undefined;
  #settle: ((result: EmitResult) => void) | undefined;

  /** @param bytes of its JSON */
  constructor(seq: number, emit: KeptEmit, bytes: number, settle: (result: EmitResult) => void) {
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

/** What the emitter of an event is told when it is not taken. */
export function failed(error: GatewayError): EmitResult {
  return { status: 'failed', error };
}

/** What the emitter of an event is told of its outcome. */
export function resultOf(outcome: AppendOutcome, receivers: number): EmitResult {
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
    case 'fenced':
      return failed(
        new GatewayError('FENCED', 'A newer run of this job has reported, or the job has ended.'),
      );
    case 'latest':
      return { status: 'published', ...servers };
  }
}
