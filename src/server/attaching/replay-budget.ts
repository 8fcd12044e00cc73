import type { RoomEvent } from '../../room-log/index.js';

/** What replays may hold of events that were read from logs, in characters, all together. */
const MAX_CHARS = 64 * 1024 * 1024;

/** How many sockets wait for a look at the same time: what it will find is not counted yet. */
const MAX_LOOKS = 512;

/** Bounds the events that are in memory because sockets that returned are being sent them. */
export class ReplayBudget {
  readonly #maxChars: number;
  /** By the newest event, which all who share a look have in common: how many hold it, and how much. */
  readonly #held = new Map<RoomEvent, { holders: number; readonly chars: number }>();
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
    const held = this.#held.get(newest);
    if (held) {
      held.holders++;
      return;
    }
    const chars = events.reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
    this.#held.set(newest, { holders: 1, chars });
    this.#chars += chars;
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
    while (this.#chars < this.#maxChars && this.#lookCount < MAX_LOOKS) {
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
