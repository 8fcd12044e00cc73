import { originOf, type Token } from '../room-log/index.js';
import {
  DONE_KEPT_MS,
  MAX_DONE,
  ReceiptRegister,
  type Ending,
  type ReceiptLimits,
  type Registration,
  type TakenEvent,
  type TakenEvents,
  type TakeOptions,
} from './receipt-register.js';
import { full } from './fallbacks-full.js';

interface Entry {
  readonly room: string;
  readonly data: string;
  readonly emittedAt: number;
  readonly registeredAt: number;
  /** When it is due, or when the lease of who took it ends. */
  dueAt: number;
  token: Token | undefined;
  holder: string | undefined;
  attempt: number;
}

/** A {@link ReceiptRegister} in the memory of one process, for when Redis is not configured: it ends with the process. */
export class MemoryReceiptRegister extends ReceiptRegister {
  readonly #limits: ReceiptLimits;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /** The rooms of what emitters wait for; null when it was acknowledged. */
  readonly #waited = new Map<string, string | null>();
  readonly #done = new Map<string, number>();
  #parked: string[] = [];

  /** @param now ms since 1970; `Date.now` unless told */
  constructor(limits: ReceiptLimits, now: () => number = Date.now) {
    super();
    this.#limits = limits;
    this.#now = now;
  }

  /** What was parked, the newest first. */
  get parked(): readonly string[] {
    return this.#parked;
  }

  override register({ room, emitter, events, isRetry }: Registration): Promise<void> {
    const { maxFallbacks } = this.#limits;
    const now = this.#now();
    const isDone = (uid: string): boolean =>
      isRetry && now - (this.#done.get(uid) ?? -Infinity) < DONE_KEPT_MS;
    const adds = events.filter(({ seq, wish }) => wish.afterMs !== undefined && !isDone(`${emitter}${seq}`));
    const added = adds.filter(({ seq }) => !this.#entries.has(`${emitter}${seq}`)).length;
    if (added > 0 && this.#entries.size + added > maxFallbacks) return Promise.reject(full(maxFallbacks));
    for (const { seq, wish } of events) {
      const uid = `${emitter}${seq}`;
      const isAwaited = wish.withinMs !== undefined && !wish.isGivenUp;
      if (isAwaited && !this.#waited.has(uid)) this.#waited.set(uid, room);
    }
    for (const { seq, data, wish } of adds) {
      const { afterMs = 0, emittedAt = 0 } = wish;
      const entry = { room, data, emittedAt, registeredAt: now, dueAt: now + afterMs };
      const uid = `${emitter}${seq}`;
      const { token, holder, attempt = 0 } = this.#entries.get(uid) ?? {};
      this.#entries.set(uid, { ...entry, token, holder, attempt });
    }
    return Promise.resolve();
  }

  override settle(emitter: string, seq: number, token: Token | undefined): Promise<void> {
    const uid = `${emitter}${seq}`;
    const entry = this.#entries.get(uid);
    if (entry && token !== undefined) entry.token = token;
    else this.#entries.delete(uid);
    return Promise.resolve();
  }

  override acknowledge(room: string, tokens: readonly Token[]): Promise<readonly Token[]> {
    const awaited = tokens.filter((token) => {
      const origin = originOf(token);
      const uid = origin && `${origin.emitter}${origin.seq}`;
      if (uid === undefined) return false;
      const isWaited = this.#waited.get(uid) === room;
      if (isWaited) this.#waited.set(uid, null);
      const hasEntry = this.#entries.get(uid)?.room === room;
      if (hasEntry) this.#end(uid);
      return isWaited || hasEntry;
    });
    return Promise.resolve(awaited);
  }

  override acknowledged(
    emitter: string,
    seqs: readonly number[],
    forget: readonly number[],
  ): Promise<boolean[]> {
    const found = seqs.map((seq) => this.#waited.get(`${emitter}${seq}`) === null);
    for (const seq of forget) this.#waited.delete(`${emitter}${seq}`);
    return Promise.resolve(found);
  }

  override take({ holder, limit, leaseMs }: TakeOptions): Promise<TakenEvents> {
    const now = this.#now();
    const expiredCount = this.#dropLate(now);
    const due = [...this.#entries]
      .filter(([, { dueAt }]) => dueAt <= now)
      .sort(([, one], [, other]) => one.dueAt - other.dueAt)
      .slice(0, limit);
    const events = due.map(([uid, entry]): TakenEvent => {
      Object.assign(entry, { dueAt: now + leaseMs, holder, attempt: entry.attempt + 1 });
      const { room, data, token, emittedAt, registeredAt, attempt } = entry;
      return { uid, room, data, token, emittedAt, ageMs: now - registeredAt, attempt };
    });
    return Promise.resolve({ events, expiredCount });
  }

  override renew(holder: string, uids: readonly string[], leaseMs: number): Promise<void> {
    for (const uid of uids) {
      const entry = this.#entries.get(uid);
      if (entry?.holder === holder) entry.dueAt = this.#now() + leaseMs;
    }
    return Promise.resolve();
  }

  override finish(holder: string, uid: string, ending: Ending): Promise<boolean> {
    const entry = this.#entries.get(uid);
    const isAccepted = entry !== undefined && (ending.kind === 'handled' || entry.holder === holder);
    if (isAccepted) this.#finish(uid, entry, ending);
    return Promise.resolve(isAccepted);
  }

  #finish(uid: string, entry: Entry, ending: Ending): void {
    switch (ending.kind) {
      case 'later':
        Object.assign(entry, { dueAt: this.#now() + ending.inMs, holder: undefined });
        if (ending.isFree) entry.attempt--;
        return;
      case 'parked':
        this.#parked = [ending.text, ...this.#parked].slice(0, ending.maxParked);
        this.#end(uid);
        return;
      case 'handled':
        this.#end(uid);
        return;
      case 'dropped':
        this.#entries.delete(uid);
    }
  }

  /** It is done with. */
  #end(uid: string): void {
    this.#entries.delete(uid);
    this.#done.set(uid, this.#now());
    for (const oldest of this.#done.keys()) {
      if (this.#done.size <= MAX_DONE) break;
      this.#done.delete(oldest);
    }
  }

  #dropLate(now: number): number {
    const late = [...this.#entries].filter(([, { dueAt }]) => dueAt <= now - this.#limits.keepMs);
    for (const [uid] of late) this.#entries.delete(uid);
    return late.length;
  }
}
