import type { Lane } from './lane.js';
import type { LaneEvent } from './lane-event.js';

interface Deadline {
  readonly at: number;
  readonly event: LaneEvent;
  readonly lane: Lane;
}

/**
 * Tells emitters that their event is `queued` when nothing else could be told in time. All emits have the same time, so
 * one timer and a line of events do.
 */
export class EmitDeadlines {
  readonly #timeoutMs: number;
  readonly #onOverdue: (lane: Lane) => void;
  #line: Deadline[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param onOverdue told of the lane of every event whose time was up */
  constructor(timeoutMs: number, onOverdue: (lane: Lane) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onOverdue = onOverdue;
  }

  add(event: LaneEvent, lane: Lane): void {
    this.#dropSettled();
    this.#line.push({ at: event.emittedAt + this.#timeoutMs, event, lane });
    this.#arm(this.#timeoutMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#line = [];
    this.#first = 0;
  }

  #dropSettled(): void {
    while (this.#line[this.#first]?.event.isSettled) this.#first++;
    if (this.#first === this.#line.length || this.#first > 1000) {
      this.#line = this.#line.slice(this.#first);
      this.#first = 0;
    }
  }

  /** After the event loop was blocked, a timer runs before the answers that have long arrived are read. */
  #arm(delayMs: number): void {
    this.#timer ??= setTimeout(() => setImmediate(() => this.#expire()), delayMs);
  }

  #expire(): void {
    this.#timer = undefined;
    // A timer may fire a little before its time.
    const now = performance.now() + 1;
    for (let next = this.#line[this.#first]; next && next.at <= now; next = this.#line[this.#first]) {
      if (next.event.settle({ status: 'queued' })) this.#onOverdue(next.lane);
      this.#first++;
    }
    this.#dropSettled();
    const next = this.#line[this.#first];
    if (next) this.#arm(Math.max(1, next.at - performance.now()));
  }
}
