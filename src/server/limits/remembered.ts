/** How many entries are looked at for each new one: more than one, so that those of the past get fewer. */
const LOOKED_AT = 2;

/** How often others are looked at, and how many: when nobody new comes, those of the past go too. */
const LOOK_EVERY_MS = 1000;
const LOOKED_AT_IN_TIME = 1000;

/** Entries by key, made when they are asked for, and forgotten soon after they say nothing more. */
export class Remembered<Entry> {
  readonly #make: (key: string) => Entry;
  readonly #isIdle: (entry: Entry) => boolean;
  /** Those that were looked at longest ago first. */
  readonly #entries = new Map<string, Entry>();
  /** Set while there are any. */
  #timer: NodeJS.Timeout | undefined;

  /** @param isIdle whether an entry says no more than a new one would */
  constructor(make: (key: string) => Entry, isIdle: (entry: Entry) => boolean) {
    this.#make = make;
    this.#isIdle = isIdle;
  }

  get count(): number {
    return this.#entries.size;
  }

  peek(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  of(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    this.#forgetSome(LOOKED_AT);
    const entry = this.#make(key);
    this.#entries.set(key, entry);
    this.#timer ??= setInterval(() => this.#forgetInTime(), LOOK_EVERY_MS).unref();
    return entry;
  }

  #forgetInTime(): void {
    this.#forgetSome(Math.min(LOOKED_AT_IN_TIME, this.#entries.size));
    if (this.#entries.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #forgetSome(count: number): void {
    let left = count;
    for (const [key, entry] of this.#entries) {
      if (left-- === 0) return;
      this.#entries.delete(key);
      if (!this.#isIdle(entry)) this.#entries.set(key, entry);
    }
  }
}
