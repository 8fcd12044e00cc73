import type { EmitResult } from '../../contract/index.js';
import type { Acknowledged, AppendBatch, AppendEvent, Token } from '../../room-log/index.js';
import { wholeNow, type LaneEvent } from './lane-event.js';
import type { LanesLimits } from './lanes-limits.js';

/** The pause after a batch that could not be appended though the log is there: doubling, with jitter. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

const NONE: readonly LaneEvent[] = [];

/**
 * The events of one emitter that wait for the log of one room. At most one batch is unanswered: what is emitted
 * meanwhile is the next one. Were there two, one could overtake the other, and the log would take the later events of
 * the emitter for ones that it has.
 */
export class Lane {
  readonly room: string;
  /** In the order of their `seq`. */
  #waiting: LaneEvent[] = [];
  #sent = NONE;
  /** The newest token that the log told for one of the events. */
  #token: Token | undefined;
  /** How often in a row a batch could not be appended. */
  #failureCount = 0;
  #retryTimer: NodeJS.Timeout | undefined;
  /** An event of it was not taken in the time of its emit, and nothing has been answered since. */
  isOverdue = false;

  constructor(room: string) {
    this.room = room;
  }

  /** Whether a batch is unanswered. */
  get isBusy(): boolean {
    return this.#sent.length > 0;
  }

  /** Whether it waits until it tries again. */
  get isPaused(): boolean {
    return this.#retryTimer !== undefined;
  }

  get isEmpty(): boolean {
    return this.#sent.length === 0 && this.#waiting.length === 0;
  }

  /** Those that wait, without the unanswered. */
  get waiting(): readonly LaneEvent[] {
    return this.#waiting;
  }

  /** Whether one that waits is not newer than that. */
  hasUpTo(lastSeq: number): boolean {
    return (this.#waiting[0]?.seq ?? Infinity) <= lastSeq;
  }

  add(event: LaneEvent): void {
    // Most wait alone, and an array that begins with its first element takes a fifth of the memory.
    if (this.#waiting.length === 0) this.#waiting = [event];
    else this.#waiting.push(event);
  }

  /** The waiting latest value of a key. */
  latestOf(key: string): LaneEvent | undefined {
    return this.#waiting.find(({ append }) => append.kind === 'latest' && append.key === key);
  }

  /** Takes out one that waits. */
  remove(event: LaneEvent): void {
    this.#waiting.splice(this.#waiting.indexOf(event), 1);
  }

  /** When the oldest of its events was emitted, as `wholeNow` counts; undefined when it has none. */
  get oldestAt(): number | undefined {
    return (this.#sent[0] ?? this.#waiting[0])?.emittedAt;
  }

  /** Puts events back, to be sent before everything newer. */
  putBack(events: readonly LaneEvent[]): void {
    this.#waiting = [...events, ...this.#waiting].sort((one, other) => one.seq - other.seq);
  }

  /** The next batch, with nothing newer than `lastSeq`; from now on it is unanswered. */
  send(
    emitter: string,
    acknowledged: LaneEvent | undefined,
    limits: LanesLimits,
    lastSeq = Infinity,
  ): AppendBatch {
    const now = wholeNow();
    this.#sent = this.#takeBatch(limits, lastSeq);
    let isRetry = false;
    let firstSentAt = now;
    for (const event of this.#sent) {
      if (event.firstSentAt !== undefined) {
        isRetry = true;
        firstSentAt = Math.min(firstSentAt, event.firstSentAt);
      } else event.firstSentAt = now;
    }
    return {
      room: this.room,
      emitter,
      events: this.#sent.map(appendOf),
      firstSentAt,
      isRetry,
      acknowledged: acknowledged && this.#acknowledged(acknowledged),
    };
  }

  /** A batch could not be appended: calls `retry` after a while, unless the pause is ended before. */
  pause(retry: () => void): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failureCount++, 10));
    this.#retryTimer ??= setTimeout(
      () => {
        this.#retryTimer = undefined;
        retry();
      },
      pauseMs * (0.5 + Math.random() / 2),
    );
  }

  endPause(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  /** A batch was answered: the next pause is a short one. */
  succeed(): void {
    this.#failureCount = 0;
    this.isOverdue = false;
  }

  /** The unanswered batch is answered: it is the caller's. */
  takeSent(): readonly LaneEvent[] {
    const sent = this.#sent;
    this.#sent = NONE;
    return sent;
  }

  /** Tells everybody who waits for a result of it. */
  end(result: EmitResult): void {
    this.endPause();
    for (const event of [...this.takeSent(), ...this.#waiting]) event.settle(result);
  }

  learnToken(token: Token | undefined): void {
    this.#token = token ?? this.#token;
  }

  /** The log may have forgotten the event of the token. */
  forgetToken(): void {
    this.#token = undefined;
  }

  #acknowledged({ seq, firstSentAt = wholeNow() }: LaneEvent): Acknowledged {
    return { seq, firstSentAt, token: this.#token };
  }

  #takeBatch({ maxBatchEvents, maxBatchChars }: LanesLimits, lastSeq: number): readonly LaneEvent[] {
    let chars = 0;
    let count = 0;
    // Those that ask are registered before they are appended: others neither wait for that nor fail with it.
    const asks = this.#waiting[0]?.asksReceipt;
    for (const event of this.#waiting) {
      chars += event.chars;
      if (event.asksReceipt !== asks || event.seq > lastSeq) break;
      if (count === maxBatchEvents || (count > 0 && chars > maxBatchChars)) break;
      count++;
    }
    if (count < this.#waiting.length) return this.#waiting.splice(0, count);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }
}

function appendOf({ append }: LaneEvent): AppendEvent {
  return append;
}
