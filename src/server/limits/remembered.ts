/** How many entries are looked at for each new one: more than one, so that those of the past get fewer. */
const LOOKED_AT = 2;

/** Entries by key, made when they are asked for, and forgotten when they say nothing more and others are made. */
export class Remembered<Entry> {
  readonly #make: (key: string) => Entry;
  readonly #isIdle: (entry: Entry) => boolean;
  /** Those that were looked at longest ago first. */
  readonly #entries = new Map<string, Entry>();

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
    this.#forgetSome();
    const entry = this.#make(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #forgetSome(): void {
    let left = LOOKED_AT;
    for (const [key, entry] of this.#entries) {
      if (left-- === 0) return;
      this.#entries.delete(key);
      if (!this.#isIdle(entry)) this.#entries.set(key, entry);
    }
  }
}
