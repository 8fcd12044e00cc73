import type { LaneEvent } from './lane-event.js';

/**
 * Tells emitters that their event is `queued` when nothing else could be told in time. All emits have the same time, so
 * one timer and a line of events do.
 */
export class EmitDeadlines {
  readonly #timeoutMs: number;
  #line: { readonly at: number; readonly event: LaneEvent }[] = [];
  #first = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  add(event: LaneEvent): void {
    this.#dropSettled();
    this.#line.push({ at: performance.now() + this.#timeoutMs, event });
    this.#timer ??= setTimeout(() => this.#expire(), this.#timeoutMs);
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

  #expire(): void {
    this.#timer = undefined;
    // A timer may fire a little before its time.
    const now = performance.now() + 1;
    for (let next = this.#line[this.#first]; next && next.at <= now; next = this.#line[this.#first]) {
      next.event.settle({ status: 'queued' });
      this.#first++;
    }
    this.#dropSettled();
    const next = this.#line[this.#first];
    if (next) this.#timer = setTimeout(() => this.#expire(), Math.max(1, next.at - performance.now()));
  }
}
