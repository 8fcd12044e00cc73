import type { ClearedLatest, LatestValue, LatestValues } from '../../room-log/index.js';

/** Messages that wait for a read. More are thrown away: the hash has what matters of them. */
const MAX_HELD = 256;

/** Keys whose version is remembered, beyond what a look has shown: a room has 100 unless it is configured. */
const MAX_KEYS = 1024;

/** A latest value as its message tells it. */
export interface LatestChange extends ClearedLatest {
  readonly data: string;
}

/** What a follower tells. None of it may call the follower back before it has returned. */
export interface LatestSink {
  /** The newest value of a key. */
  value(key: string, data: string): void;
  /** A read was answered, and whatever differed has been told: these are the values of this moment. */
  synced(values: LatestValues): void;
  /** Read the room's latest values from now on; answer with `looked` or `failed`. */
  read(id: number): void;
}

interface Held {
  readonly change: ClearedLatest;
  /** undefined: the key is cleared. */
  readonly data: string | undefined;
  readonly arrivedAt: number;
}

/**
 * Follows the latest values of one room: from the messages of its channel, which may be late, doubled or lost, and from
 * looks at its hash, it makes the newest value of each key. It does no I/O and knows no time. protocol.md, "Latest";
 * decision 9.
 *
 * A value is told when the version before it is the one that is known. Otherwise it is held, and the hash is read, which
 * is the truth: whatever differs from what was told is told.
 *
 *     version 3; message (5, before it 4): hold, read
 *     message (6, before it 5): hold
 *     look: version 5, with a value of 4 and one of 5: tell both; held: 5 is known, 6 chains: tell
 *
 * Costs next to nothing for a room that has no latest values.
 */
export class LatestFollower {
  readonly #sink: LatestSink;
  #version: string | undefined;
  /** The version of each key's value that was told, the oldest first. */
  #told: Map<string, string> | undefined;
  #held: Held[] | undefined;
  #heldChars = 0;
  /** Orders arrivals and the beginnings of reads. */
  #clock = 0;
  /** The id of the read that is under way, which is when it began. */
  #reading: number | undefined;
  /** A read is wanted as soon as there may be one. */
  #isStale = false;
  #hasFailed = false;
  #isPaused = false;

  constructor(sink: LatestSink) {
    this.#sink = sink;
  }

  /** The version of the room's latest values that was told last; undefined before the first look. */
  get version(): string | undefined {
    return this.#version;
  }

  /** Whether it knows of nothing that it has not told: no read is under way or wanted. */
  get isSettled(): boolean {
    return (
      this.#version !== undefined &&
      this.#reading === undefined &&
      !this.#isPaused &&
      !this.#hasFailed &&
      this.#held === undefined
    );
  }

  /** How many characters the held messages have. */
  get heldChars(): number {
    return this.#heldChars;
  }

  /** The first look, made after the subscription. Nothing of it is told; messages that came before it are. */
  begin(values: LatestValues): void {
    this.#adopt(values);
    if (!this.#isPaused) this.#finish(0);
  }

  /** A message of the room's channel. */
  message(change: LatestChange): void {
    this.#hear(change, change.data);
  }

  /** A durable event has dropped a value. */
  cleared(change: ClearedLatest): void {
    this.#hear(change, undefined);
  }

  /** The audit, or another look, found this version. */
  audited(version: string): void {
    if (this.#version !== undefined && version !== this.#version) this.dirty();
  }

  /** Something may have been missed. */
  dirty(): void {
    if (this.#version === undefined || this.#isPaused || this.#reading !== undefined) this.#isStale = true;
    else this.#read();
  }

  /** The answer to a read. */
  looked(id: number, values: LatestValues): void {
    if (this.#reading !== id) return;
    this.#reading = undefined;
    for (const { key, data } of this.#adopt(values)) this.#sink.value(key, data);
    this.#sink.synced(values);
    this.#finish(id);
  }

  /** A read could not be answered. Call `retry` after a while. */
  failed(id: number): void {
    if (this.#reading !== id) return;
    this.#reading = undefined;
    this.#hasFailed = true;
  }

  /** Reads again after a failure. */
  retry(): void {
    if (this.#hasFailed) this.#read();
  }

  /** Throws away what is held, to free its memory, and reads the hash instead. */
  dropHeld(): void {
    this.#hold(undefined);
    if (!this.#hasFailed) this.dirty();
  }

  /**
   * Durable events are missing, which no latest value may overtake: nothing is told, or read, until `resume`. What comes
   * meanwhile need not be kept, for the hash knows better.
   */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (this.#reading !== undefined || this.#hasFailed || this.#held) this.#isStale = true;
    this.#reading = undefined;
    this.#hasFailed = false;
    this.#hold(undefined);
  }

  /**
   * The durable events have been delivered.
   *
   * @param version that the look at them found: when it is known, and nothing has come since, there is nothing to read
   */
  resume(version?: string): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#version === undefined) return;
    if (this.#isStale || version !== this.#version) this.#read();
  }

  #hear(change: ClearedLatest, data: string | undefined): void {
    if (this.#isPaused) {
      this.#isStale = true;
      return;
    }
    if (this.#isKnown(change, data)) return;
    if (this.#reading === undefined && !this.#held && change.previousVersion === this.#version) {
      this.#accept(change, data);
      return;
    }
    if (this.#held && this.#held.length >= MAX_HELD) this.dropHeld();
    this.#held ??= [];
    this.#held.push({ change, data, arrivedAt: ++this.#clock });
    this.#heldChars += data?.length ?? 0;
    if (this.#version !== undefined && this.#reading === undefined && !this.#hasFailed) this.#read();
  }

  #isKnown({ key, version }: ClearedLatest, data: string | undefined): boolean {
    return version === this.#version || (data !== undefined && this.#told?.get(key) === version);
  }

  #accept({ key, version }: ClearedLatest, data: string | undefined): void {
    this.#version = version;
    this.#told?.delete(key);
    if (data === undefined) return;
    this.#told ??= new Map();
    this.#told.set(key, this.#version);
    if (this.#told.size > MAX_KEYS) {
      for (const oldest of this.#told.keys()) {
        this.#told.delete(oldest);
        break;
      }
    }
    this.#sink.value(key, data);
  }

  #read(): void {
    this.#hasFailed = false;
    this.#isStale = false;
    this.#reading = ++this.#clock;
    this.#sink.read(this.#reading);
  }

  /** Takes a look for the truth; returns what has not been told of it. */
  #adopt({ version, values }: LatestValues): LatestValue[] {
    const before = this.#told;
    this.#version = version;
    this.#told = values.length === 0 ? undefined : new Map(values.map((value) => [value.key, value.version]));
    return values.filter((value) => before?.get(value.key) !== value.version);
  }

  /** What is held follows a look that began then, or is in it. */
  #finish(begunAt: number): void {
    const held = this.#held ?? [];
    this.#hold(undefined);
    for (const [index, { change, data, arrivedAt }] of held.entries()) {
      // It was published, so it was in the hash before the look began: it is known, or outdated, or rolled back.
      if (arrivedAt < begunAt || this.#isKnown(change, data)) continue;
      if (change.previousVersion === this.#version) {
        this.#accept(change, data);
      } else {
        this.#hold(held.slice(index));
        this.#read();
        return;
      }
    }
    if (this.#isStale) this.#read();
  }

  #hold(held: Held[] | undefined): void {
    this.#held = held;
    this.#heldChars = held?.reduce((sum, { data }) => sum + (data?.length ?? 0), 0) ?? 0;
  }
}
