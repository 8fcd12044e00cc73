/** What is due in one second is done together. */
const TICK_MS = 1000;

/** No timer waits longer: one above 2^31 ms would fire at once, and a clock that was set is noticed by then. */
const LONGEST_WAIT_MS = 30_000;

/** How many items are done without letting others have their turn. */
const AT_ONCE = 200;

/**
 * Moments of any number of items, each at most one, behind a single timer: thousands of sockets have an end, and a timer
 * each would cost more than all else that is kept for them. An item is done at its moment or within a second after it.
 */
export class DueTimes<Item extends object> {
  readonly #onDue: (item: Item) => void;
  readonly #items = new Map<number, Set<Item>>();
  readonly #ticks = new WeakMap<Item, number>();
  #timer: NodeJS.Timeout | undefined;
  #armedFor = Infinity;

  constructor(onDue: (item: Item) => void) {
    this.#onDue = onDue;
  }

  /** How many items there are. */
  get count(): number {
    return [...this.#items.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** @param at in milliseconds of the epoch; replaces the moment that the item had */
  set(item: Item, at: number): void {
    this.delete(item);
    const tick = Math.ceil(at / TICK_MS);
    const same = this.#items.get(tick);
    if (same) same.add(item);
    else this.#items.set(tick, new Set([item]));
    this.#ticks.set(item, tick);
    if (tick < this.#armedFor) this.#arm(tick);
  }

  delete(item: Item): void {
    const tick = this.#ticks.get(item);
    if (tick === undefined) return;
    this.#ticks.delete(item);
    const same = this.#items.get(tick);
    same?.delete(item);
    if (same?.size === 0) this.#items.delete(tick);
    if (this.#items.size === 0) this.#disarm();
  }

  /** Nothing is due any more. */
  close(): void {
    this.#disarm();
    this.#items.clear();
  }

  #arm(tick: number): void {
    clearTimeout(this.#timer);
    this.#armedFor = tick;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, tick * TICK_MS - Date.now()));
    this.#timer = setTimeout(() => this.#run(), waitMs).unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#armedFor = Infinity;
  }

  #run(): void {
    this.#armedFor = Infinity;
    const now = Date.now() / TICK_MS;
    let left = AT_ONCE;
    for (const [tick, items] of this.#items) {
      if (tick > now) continue;
      for (const item of items) {
        if (left-- <= 0) break;
        this.delete(item);
        this.#onDue(item);
      }
      if (left <= 0) break;
    }
    let next = Infinity;
    for (const tick of this.#items.keys()) next = Math.min(next, tick);
    if (next < this.#armedFor) this.#arm(next);
  }
}
