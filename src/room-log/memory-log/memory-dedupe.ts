import type { RoomLogLimits } from '../../config/index.js';
import { originOf, type Token } from '../position.js';
import type { AppendOutcome } from '../room-log.js';
import { forgetOldest } from './forget-oldest.js';

/** The dedupe keys of one room of a `MemoryRoomLog`, and the events that had them. */
export class MemoryDedupe {
  readonly #limits: RoomLogLimits;
  readonly #tokens = new Map<string, { readonly token: Token; readonly at: number }>();

  constructor(limits: RoomLogLimits) {
    this.#limits = limits;
  }

  /** What the emitter of an event is told when there is one with its key: an attempt of its own is no duplicate. */
  find(
    key: string | undefined,
    { emitter, seq }: { emitter: string; seq: number },
    now: number,
  ): AppendOutcome | undefined {
    const known = key === undefined ? undefined : this.#tokens.get(key);
    if (!known || now >= known.at + this.#limits.dedupeTtlMs) return undefined;
    const { token } = known;
    const origin = originOf(token);
    const isOwn = origin?.emitter === emitter && origin.seq === seq;
    return { outcome: isOwn ? 'before' : 'duplicate', token };
  }

  keep(key: string | undefined, token: Token, now: number): void {
    if (key !== undefined) this.#tokens.set(key, { token, at: now });
  }

  bound(): void {
    forgetOldest(this.#tokens, this.#limits.maxDedupeKeys);
  }
}
