import type { Run, RunRequest } from '../fence.js';
import { gapReason } from '../gap-reason.js';
import {
  OLDEST,
  RECEIPT_MARK,
  compareStreamIds,
  originOf,
  streamIdOf,
  type StreamId,
  type Token,
} from '../position.js';
import type {
  AppendBatch,
  AppendEvent,
  AppendOutcome,
  AttachOptions,
  LatestValues,
  RoomLook,
} from '../room-log.js';
import { tailTtlMs } from '../tail-ttl.js';
import type { RoomLogLimits } from '../../config/index.js';
import type { ClearedLatest, RoomEvent, RoomMessage } from '../room-message.js';
import { forgetOldest } from './forget-oldest.js';
import { MemoryDedupe } from './memory-dedupe.js';
import { MemoryFences } from './memory-fences.js';
import { MemoryLatest } from './memory-latest.js';

type DurableEvent = Extract<AppendEvent, { kind: 'durable' }>;

/** What an entry costs beside its text, roughly. */
const ENTRY_BYTES = 200;

/** One room of a `MemoryRoomLog`: the same answers as Redis' scripts give. Times are ms since 1970. */
export class MemoryRoom {
  readonly #limits: RoomLogLimits;
  readonly #genesis: Token;
  readonly #emitters = new Map<string, number>();
  readonly #dedupe: MemoryDedupe;
  readonly #fences = new MemoryFences();
  readonly #latest: MemoryLatest;
  #entries: RoomEvent[] = [];
  #bytes = 0;
  #tail: Token;
  /** When the log and the tail were last written or looked after. */
  #logTouchedAt: number;
  #tailTouchedAt: number;

  constructor(limits: RoomLogLimits, now: number, salt: string) {
    this.#limits = limits;
    this.#genesis = `${now - 1}-0.~${salt}`;
    this.#tail = this.#genesis;
    this.#dedupe = new MemoryDedupe(limits);
    this.#latest = new MemoryLatest(limits);
    this.#logTouchedAt = now;
    this.#tailTouchedAt = now;
  }

  get tail(): Token {
    return this.#tail;
  }

  /** Drops what has expired; returns whether the room as a whole has. */
  expire(now: number): boolean {
    if (now >= this.#logTouchedAt + this.#limits.ttlMs) this.#dropEntries(this.#entries.length);
    this.#latest.expire(now);
    return now >= this.#tailTouchedAt + tailTtlMs(this.#limits) && this.#latest.values().values.length === 0;
  }

  /** Keeps the tail for another while. */
  touch(now: number): void {
    this.#tailTouchedAt = now;
  }

  append(
    batch: AppendBatch,
    now: number,
    salt: string,
    publish: (message: RoomMessage) => number,
  ): {
    receivers: number;
    outcomes: AppendOutcome[];
  } {
    let highest = this.#emitters.get(batch.emitter) ?? this.#highestInLog(batch.emitter);
    let receivers = 0;
    const outcomes = batch.events.map((event): AppendOutcome => {
      const { dedupeKey, clears } = event.kind === 'durable' ? event : ({} as Partial<DurableEvent>);
      const found = this.#dedupe.find(dedupeKey, { emitter: batch.emitter, seq: event.seq }, now);
      if (event.seq <= highest) {
        const token = this.#tokenOf(batch.emitter, event.seq);
        return token === undefined && found ? found : { outcome: 'before', token };
      }
      const isRefused = event.fence !== undefined && this.#fences.refuses(event.fence);
      if (isRefused && !found) return { outcome: 'fenced' };
      if (event.fence) this.#fences.pass(event.fence);
      if (found) {
        // Who does it again may have set again what it clears.
        if (clears === undefined || isRefused) return found;
        const cleared = this.#latest.clear(clears, now, salt);
        if (cleared) publish({ type: 'cleared', ...cleared });
        highest = event.seq;
        return found;
      }
      highest = event.seq;
      const { outcome, message } = this.#add(event, batch.emitter, now, salt);
      receivers = publish(message);
      return outcome;
    });
    this.#remember(batch.emitter, highest);
    this.#bound();
    return { receivers, outcomes };
  }

  look(position: string, options: AttachOptions, now: number): RoomLook {
    const base = {
      tail: this.#tail,
      latestVersion: this.#latest.version,
      latest: options.latest ? this.#latest.values() : undefined,
    };
    const chain = (from: number): RoomLook => {
      const events = this.#entries.slice(from, from + options.limit);
      return events.length === 0 ? { ...base, verdict: 'current' } : { ...base, verdict: 'chain', events };
    };
    if (position === '' || position === this.#tail) return { ...base, verdict: 'current' };
    if (position === OLDEST) return chain(0);
    if (position.startsWith('*')) return chain(Math.max(0, this.#entries.length - Number(position.slice(1))));
    const id = streamIdOf(position);
    const above = this.#entries.findIndex(({ token }) => compareStreamIds(streamIdOf(token), id) > 0);
    if (this.#entries[above]?.prev === position) return chain(above);
    return {
      ...base,
      verdict: 'gap',
      ...this.#gap(position, this.#entries[above], options.known ?? [], now),
    };
  }

  latest(): LatestValues {
    return this.#latest.values();
  }

  beginRun(request: RunRequest, now: number): Run {
    this.#tailTouchedAt = now;
    return this.#fences.begin(request);
  }

  ownerOf(key: string): string | undefined {
    return this.#fences.ownerOf(key);
  }

  #gap(
    position: Token,
    above: RoomEvent | undefined,
    known: readonly Token[],
    now: number,
  ): { reason: 'trimmed' | 'expired' | 'rolled-back'; resume: Token; isResumeKnown: boolean } {
    const oldest = this.#entries[0];
    const reason = gapReason({
      position,
      tail: this.#tail,
      genesis: this.#genesis,
      oldest: oldest && { id: oldest.token, prev: oldest.prev },
      nowMs: now,
      logTtlMs: this.#limits.ttlMs,
      tailTtlMs: tailTtlMs(this.#limits),
    });
    if (reason !== 'rolled-back') return { reason, resume: oldest?.prev ?? this.#tail, isResumeKnown: false };
    const kept = new Set([this.#tail, oldest?.prev, ...this.#entries.map(({ token }) => token)]);
    const newest = known.find((token) => kept.has(token));
    return { reason, resume: newest ?? above?.prev ?? this.#tail, isResumeKnown: newest !== undefined };
  }

  #add(
    event: AppendEvent,
    emitter: string,
    now: number,
    salt: string,
  ): { outcome: AppendOutcome; message: RoomMessage } {
    const { data } = event;
    if (event.kind === 'latest') {
      const change = this.#latest.set(event.key, data, now, salt);
      this.#tailTouchedAt = now;
      return {
        outcome: { outcome: 'latest', version: change.version },
        message: { type: 'latest', data, ...change },
      };
    }
    const id = this.#nextId(now);
    const mark = event.receipt ? RECEIPT_MARK : '';
    const token = `${id.ms}-${id.seq}.${emitter}${event.seq}.${salt}${mark}`;
    const entry: RoomEvent = { token, prev: this.#tail, data };
    this.#entries.push(entry);
    this.#bytes += bytesOf(entry);
    this.#tail = token;
    this.#logTouchedAt = this.#tailTouchedAt = now;
    this.#dedupe.keep(event.dedupeKey, token, now);
    const cleared: ClearedLatest | undefined =
      event.clears === undefined ? undefined : this.#latest.clear(event.clears, now, salt);
    return { outcome: { outcome: 'appended', token }, message: { type: 'event', event: entry, cleared } };
  }

  /** Above the tail always, also when the clock stepped back. */
  #nextId(now: number): StreamId {
    const tail = streamIdOf(this.#tail);
    return now > tail.ms ? { ms: now, seq: 0 } : { ms: tail.ms, seq: tail.seq + 1 };
  }

  #tokenOf(emitter: string, seq: number): Token | undefined {
    return this.#entries.findLast(({ token }) => {
      const origin = originOf(token);
      return origin?.emitter === emitter && origin.seq === seq;
    })?.token;
  }

  #highestInLog(emitter: string): number {
    return this.#entries.reduce((highest, { token }) => {
      const origin = originOf(token);
      return origin?.emitter === emitter ? origin.seq : highest;
    }, -1);
  }

  #remember(emitter: string, seq: number): void {
    this.#emitters.delete(emitter);
    this.#emitters.set(emitter, seq);
    forgetOldest(this.#emitters, 32);
  }

  #bound(): void {
    this.#dropEntries(this.#entries.length - this.#limits.maxLength);
    let tooMany = 0;
    for (
      let bytes = this.#bytes;
      bytes > this.#limits.maxBytes && tooMany < this.#entries.length - 1;
      tooMany++
    ) {
      bytes -= bytesOf(this.#entries[tooMany] as RoomEvent);
    }
    this.#dropEntries(tooMany);
    this.#dedupe.bound();
  }

  #dropEntries(count: number): void {
    if (count <= 0) return;
    for (const entry of this.#entries.splice(0, count)) this.#bytes -= bytesOf(entry);
  }
}

function bytesOf({ data }: RoomEvent): number {
  return ENTRY_BYTES + (data?.length ?? 0);
}
