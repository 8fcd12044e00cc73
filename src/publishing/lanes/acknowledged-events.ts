import type { LaneEvent } from './lane-event.js';
import type { LanesLimits } from './lanes-limits.js';

/**
 * The events that the log acknowledged in the last seconds. Redis may forget what it acknowledged, in a failover or a
 * crash; then they are sent again.
 */
export class AcknowledgedEvents {
  readonly #limits: LanesLimits;
  readonly #byRoom = new Map<string, LaneEvent[]>();
  /** In the order of their acknowledgements, from `#first` on. One that was taken is passed over, or has a later place too. */
  #queue: (LaneEvent | undefined)[] = [];
  #first = 0;
  /** How many places there were before those of `#queue`. */
  #passedCount = 0;
  #count = 0;
  #chars = 0;

  constructor(limits: LanesLimits) {
    this.#limits = limits;
  }

  get rooms(): string[] {
    return [...this.#byRoom.keys()];
  }

  /** The newest of a room. */
  newestOf(room: string): LaneEvent | undefined {
    return this.#byRoom.get(room)?.at(-1);
  }

  /** @param now as `wholeNow` counts */
  add(event: LaneEvent, now: number): void {
    event.acknowledgedAt = now;
    event.place = this.#passedCount + this.#queue.length;
    this.#queue.push(event);
    const own = this.#byRoom.get(event.room);
    if (own) own.push(event);
    else this.#byRoom.set(event.room, [event]);
    this.#count++;
    this.#chars += event.chars;
    this.prune(now);
  }

  /** Removes those of a room and returns them, oldest first. */
  take(room: string): readonly LaneEvent[] {
    const events = this.#byRoom.get(room) ?? [];
    this.#byRoom.delete(room);
    for (const event of events) {
      event.place = undefined;
      this.#count--;
      this.#chars -= event.chars;
    }
    return events;
  }

  /**
   * Forgets what is too old or too much.
   *
   * @param now as `wholeNow` counts
   */
  prune(now: number): void {
    for (let event = this.#queue[this.#first]; event; event = this.#queue[this.#first]) {
      // Otherwise it was taken, and may have come again.
      const isHere = event.place === this.#passedCount + this.#first;
      if (isHere && this.#mayStay(event, now)) break;
      // What is forgotten is let go of at once: in memory for longer, it would be moved to the old part of the heap.
      this.#queue[this.#first++] = undefined;
      if (isHere) this.#forgetFirstOf(event.room);
    }
    // Moved to the front now and then, not at every step.
    if (this.#first > 1000 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#passedCount += this.#first;
      this.#first = 0;
    }
  }

  #mayStay({ acknowledgedAt = 0 }: LaneEvent, now: number): boolean {
    const { keepAcknowledgedMs, maxAcknowledgedEvents, maxAcknowledgedChars } = this.#limits;
    return (
      acknowledgedAt > now - keepAcknowledgedMs &&
      this.#count <= maxAcknowledgedEvents &&
      this.#chars <= maxAcknowledgedChars
    );
  }

  #forgetFirstOf(room: string): void {
    const own = this.#byRoom.get(room);
    const event = own?.shift();
    if (own?.length === 0) this.#byRoom.delete(room);
    this.#count--;
    this.#chars -= event?.chars ?? 0;
  }
}
