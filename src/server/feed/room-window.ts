import type { RoomEvent, Token } from '../../room-log/index.js';

/** How many characters of events are kept. */
const MAX_CHARS = 1024 * 1024;

/** The newest events of a room, of the last seconds: who was away for a moment needs no look at the log. */
export class RoomWindow {
  readonly #maxEvents: number;
  #events: RoomEvent[] = [];
  #chars = 0;
  /** How many of them were here when it was pruned last. */
  #prunedCount = 0;

  constructor(maxEvents: number) {
    this.#maxEvents = maxEvents;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** Adds the next event of the room. One that does not follow the newest begins anew. */
  add(event: RoomEvent): void {
    const events = this.#events;
    if (events.length > 0 && events[events.length - 1]?.token !== event.prev) this.#clear();
    this.#events.push(event);
    this.#chars += event.data?.length ?? 0;
    // Now and then, not at every event.
    if (this.#events.length > 2 * this.#maxEvents || this.#chars > 2 * MAX_CHARS) this.#bound();
  }

  /** The events after a position; undefined when they cannot be told from here. */
  after(position: Token): RoomEvent[] | undefined {
    const index = this.#events.findIndex(({ prev }) => prev === position);
    return index === -1 ? undefined : this.#events.slice(index);
  }

  /** Called every few seconds: forgets what was here the last time already, and what is too much. */
  prune(): void {
    this.#drop(this.#prunedCount);
    this.#bound();
    this.#prunedCount = this.#events.length;
  }

  #bound(): void {
    let dropCount = Math.max(0, this.#events.length - this.#maxEvents);
    let chars = this.#chars;
    for (const [index, { data }] of this.#events.entries()) {
      if (index >= dropCount && chars <= MAX_CHARS) break;
      chars -= data?.length ?? 0;
      dropCount = Math.max(dropCount, index + 1);
    }
    this.#drop(dropCount);
  }

  #drop(count: number): void {
    if (count === 0) return;
    for (const { data } of this.#events.slice(0, count)) this.#chars -= data?.length ?? 0;
    this.#events = this.#events.slice(count);
    this.#prunedCount = Math.max(0, this.#prunedCount - count);
  }

  #clear(): void {
    this.#events = [];
    this.#chars = 0;
    this.#prunedCount = 0;
  }
}
