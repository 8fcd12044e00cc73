import type { LaneEvent } from './lane-event.js';
import type { LanesLimits } from './lanes-limits.js';

interface Entry {
  readonly room: string;
  readonly event: LaneEvent;
  readonly at: number;
  isTaken: boolean;
}

/**
 * The events that the log acknowledged in the last seconds. Redis may forget what it acknowledged, in a failover or a
 * crash; then they are sent again.
 */
export class AcknowledgedEvents {
  readonly #limits: LanesLimits;
  readonly #byRoom = new Map<string, Entry[]>();
  /** In the order of their acknowledgements, from `#first` on. */
  #queue: Entry[] = [];
  #first = 0;
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
    return this.#byRoom.get(room)?.at(-1)?.event;
  }

  add(room: string, event: LaneEvent, now: number): void {
    const entry = { room, event, at: now, isTaken: false };
    this.#queue.push(entry);
    const own = this.#byRoom.get(room);
    if (own) own.push(entry);
    else this.#byRoom.set(room, [entry]);
    this.#count++;
    this.#chars += event.chars;
    this.prune(now);
  }

  /** Removes those of a room and returns them, oldest first. */
  take(room: string): LaneEvent[] {
    const entries = this.#byRoom.get(room) ?? [];
    this.#byRoom.delete(room);
    for (const entry of entries) {
      entry.isTaken = true;
      this.#count--;
      this.#chars -= entry.event.chars;
    }
    return entries.map(({ event }) => event);
  }

  /** Forgets what is too old or too much. */
  prune(now: number): void {
    const { keepAcknowledgedMs, maxAcknowledgedEvents, maxAcknowledgedChars } = this.#limits;
    for (let entry = this.#queue[this.#first]; entry; entry = this.#queue[this.#first]) {
      const isKept =
        entry.at > now - keepAcknowledgedMs &&
        this.#count <= maxAcknowledgedEvents &&
        this.#chars <= maxAcknowledgedChars;
      if (isKept && !entry.isTaken) break;
      this.#first++;
      if (!entry.isTaken) this.#forgetFirstOf(entry);
    }
    // Moved to the front now and then, not at every step.
    if (this.#first > 1000 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }

  #forgetFirstOf({ room, event }: Entry): void {
    const own = this.#byRoom.get(room);
    own?.shift();
    if (own?.length === 0) this.#byRoom.delete(room);
    this.#count--;
    this.#chars -= event.chars;
  }
}
