import type { CauseLog } from '../logging/index.js';
import type { ReceiptRegister } from './receipt-register.js';

/** The pause between two questions: doubling, and short again when somebody new waits. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 250;

/** The most events that one question is about. */
const MAX_ASKED = 1000;

interface Waiter {
  readonly seq: number;
  /** As `performance.now()` counts. */
  readonly deadline: number;
  readonly resolve: (isDelivered: boolean) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Waits for clients to acknowledge events of one emitter. It asks the register, once for all that wait: an answer that a
 * connection loses is asked for again, and a worker needs no second connection.
 */
export class DeliveryWatch {
  readonly #register: ReceiptRegister;
  readonly #causes: CauseLog;
  readonly #waiters = new Map<number, Waiter>();
  /** What the register need not know any more, and has not been told so. */
  readonly #forget = new Set<number>();
  #emitter = '';
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isClosed = false;

  constructor(register: ReceiptRegister, causes: CauseLog) {
    this.#register = register;
    this.#causes = causes;
  }

  /**
   * Whether a client acknowledges an event within `withinMs` from now. Never rejects, and settles within `limitMs`,
   * whatever becomes of the register.
   */
  wait(emitter: string, seq: number, withinMs: number, limitMs: number): Promise<boolean> {
    this.#emitter = emitter;
    if (this.#isClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(seq, false), limitMs);
      this.#waiters.set(seq, { seq, deadline: performance.now() + withinMs, resolve, timer });
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#schedule();
    });
  }

  /** Nobody waits for an event: the register may forget it. */
  forget(emitter: string, seq: number): void {
    this.#emitter = emitter;
    this.#forget.add(seq);
    this.#schedule();
  }

  /** Nothing more is acknowledged. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const seq of [...this.#waiters.keys()]) this.#settle(seq, false);
  }

  #schedule(): void {
    if (this.#isAsking || this.#isClosed) return;
    clearTimeout(this.#timer);
    let nextMs = this.#waiters.size > 0 ? this.#pauseMs : LONGEST_PAUSE_MS;
    const now = performance.now();
    // A last question at the deadline.
    for (const { deadline } of this.#waiters.values()) nextMs = Math.min(nextMs, Math.max(1, deadline - now));
    this.#timer = setTimeout(() => void this.#ask(), nextMs);
    // What is only to be forgotten keeps no process alive.
    if (this.#waiters.size === 0) this.#timer.unref();
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
    const seqs = [...this.#waiters.keys()].slice(0, MAX_ASKED);
    const forget = [...this.#forget].slice(0, MAX_ASKED);
    const askedAt = performance.now() + 1;
    try {
      const found = await this.#register.acknowledged(this.#emitter, seqs, forget);
      for (const seq of forget) this.#forget.delete(seq);
      for (const [index, seq] of seqs.entries()) if (found[index]) this.#settle(seq, true);
    } catch (error) {
      this.#causes.warn('receipts-unknown', `It cannot be told what clients acknowledged: ${String(error)}`);
    }
    for (const seq of seqs) {
      const waiter = this.#waiters.get(seq);
      if (waiter && waiter.deadline <= askedAt) this.#settle(seq, false);
      // So that those beyond the first thousand have their turn.
      else if (waiter && this.#waiters.size > MAX_ASKED) {
        this.#waiters.delete(seq);
        this.#waiters.set(seq, waiter);
      }
    }
    this.#isAsking = false;
    if (this.#waiters.size > 0 || this.#forget.size > 0) this.#schedule();
  }

  #settle(seq: number, isDelivered: boolean): void {
    const waiter = this.#waiters.get(seq);
    if (!waiter) return;
    clearTimeout(waiter.timer);
    this.#waiters.delete(seq);
    this.#forget.add(seq);
    waiter.resolve(isDelivered);
    this.#schedule();
  }
}
