import type { RoomEvent } from '../../room-log/index.js';

/** What replays may hold of events that were read from logs, in characters, all together. */
const MAX_CHARS = 64 * 1024 * 1024;

/** What a look that is under way is taken for: what it will find is not known yet. */
const CHARS_PER_LOOK = 128 * 1024;

/** Bounds the events that are in memory because sockets that returned are being sent them. */
export class ReplayBudget {
  readonly #maxChars: number;
  /** By the newest event, which all who share a look have in common: how many hold it, and how much. */
  readonly #held = new Map<RoomEvent, { holders: number; chars: number }>();
  #chars = 0;
  #lookCount = 0;
  #waiting: (() => Promise<unknown>)[] = [];

  constructor(maxChars = MAX_CHARS) {
    this.#maxChars = maxChars;
  }

  /** Calls `look` when there is room for what it will find. It must not reject. */
  whenFree(look: () => Promise<unknown>): void {
    this.#waiting.push(look);
    this.#admit();
  }

  hold(events: readonly RoomEvent[]): void {
    const newest = events.at(-1);
    if (!newest) return;
    const held = this.#held.get(newest) ?? { holders: 0, chars: 0 };
    this.#held.set(newest, held);
    held.holders++;
    // Of several that share a look, whoever missed most holds what the others hold.
    const chars = events.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    this.#chars += Math.max(0, chars - held.chars);
    held.chars = Math.max(held.chars, chars);
  }

  release(events: readonly RoomEvent[]): void {
    const newest = events.at(-1);
    const held = newest && this.#held.get(newest);
    if (!held || --held.holders > 0) return;
    this.#held.delete(newest);
    this.#chars -= held.chars;
    this.#admit();
  }

  #admit(): void {
    while (this.#chars + this.#lookCount * CHARS_PER_LOOK < this.#maxChars) {
      const look = this.#waiting.shift();
      if (!look) return;
      this.#lookCount++;
      void look().finally(() => {
        this.#lookCount--;
        this.#admit();
      });
    }
  }
}
