import type { RoomEvent, Token } from '../../room-log/index.js';

/** How long events are kept for those who return, and how many characters of them. */
const KEEP_MS = 5000;
const MAX_CHARS = 1024 * 1024;

interface Kept {
  readonly event: RoomEvent;
  readonly at: number;
}

/** The newest events of a room, of the last seconds: who was away for a moment needs no look at the log. */
export class RoomWindow {
  readonly #maxEvents: number;
  #kept: Kept[] = [];
  #chars = 0;

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  get isEmpty(): boolean {
    return this.#kept.length === 0;
  }

  /** Adds the next event of the room. One that does not follow the newest begins anew. */
  add(event: RoomEvent, now: number): void {
    if (this.#kept.length > 0 && this.#kept.at(-1)?.event.token !== event.prev) this.clear();
    this.#kept.push({ event, at: now });
    this.#chars += event.data?.length ?? 0;
    const isOver = this.#kept.length > 2 * this.#maxEvents || this.#chars > 2 * MAX_CHARS;
    // Now and then, not at every event.
    if (isOver || this.#kept.length % 64 === 0) this.prune(now);
  }

  /** The events after a position; undefined when they cannot be told from here. */
  after(position: Token): RoomEvent[] | undefined {
    const index = this.#kept.findIndex(({ event }) => event.prev === position);
    return index === -1 ? undefined : this.#kept.slice(index).map(({ event }) => event);
  }

  /** Forgets what is too old or too much. */
  prune(now: number): void {
    let dropCount = 0;
    for (const { event, at } of this.#kept) {
      const isKept =
        at > now - KEEP_MS && this.#chars <= MAX_CHARS && this.#kept.length - dropCount <= this.#maxEvents;
      if (isKept) break;
      dropCount++;
      this.#chars -= event.data?.length ?? 0;
    }
    if (dropCount > 0) this.#kept = this.#kept.slice(dropCount);
  }

  clear(): void {
    this.#kept = [];
    this.#chars = 0;
  }
}
