import { GatewayError } from '../contract/index.js';
import type { KeptEmit, KeptSender, LiveSender } from '../publishing/index.js';
import {
  createEmitterId,
  DEFAULT_ROOM_LOG_LIMITS,
  MemoryRoomLog,
  type AppendEvent,
  type AppendOutcome,
} from '../room-log/index.js';
import { RecordedUndelivered } from './recorded-undelivered.js';

/** One emit that was `published`. */
export interface RecordedEmit {
  /** The room that it went to; null is everybody. A user's own room is `user:<id>`. */
  readonly room: string | null;
  readonly delivery: 'live' | 'latest' | 'durable';
  readonly event: string;
  /** What receivers would get: JSON's types alone. */
  readonly data: unknown;
  /** `live`: rooms that were left out; empty when none were. */
  readonly except: readonly string[];
  /** `latest`: whose newest value it is. */
  readonly key?: string;
  /** `durable`, when it was given. */
  readonly dedupeKey?: string;
  /** `durable`, when it was given. */
  readonly clears?: string;
  /** `durable`, when it was given. */
  readonly confirm?: { readonly withinMs: number };
  /** `durable`, when it was given. */
  readonly fallback?: { readonly afterMs: number };
}

/**
 * One command that was given. `members` is the room whose sockets are meant: `user:<id>`, or the id of a socket.
 */
export type RecordedCommand =
  | { readonly type: 'join' | 'leave'; readonly members: string; readonly room: string }
  | { readonly type: 'disconnect'; readonly members: string; readonly reason?: string | undefined }
  | { readonly type: 'revoke'; readonly members: string };

/** What a recording emitter keeps, and what stands in place of the real senders. */
export class Recording {
  readonly emits: RecordedEmit[] = [];
  readonly commands: RecordedCommand[] = [];
  /** The own rooms of the users who are online. */
  readonly online = new Set<string>();
  /** What everything fails with; undefined: nothing does. */
  failure: GatewayError | undefined;
  /** The durable emits, as a real log keeps them. */
  readonly log = new MemoryRoomLog({ limits: DEFAULT_ROOM_LOG_LIMITS, publish: () => -1 });
  readonly undelivered = new RecordedUndelivered();
  readonly #emitter = createEmitterId();
  #seq = 0;

  readonly live: LiveSender = {
    emit: ({ room, except }, event, data) => {
      if (this.failure) return Promise.reject(this.failure);
      // The real ones have written it down by now: what the application does with its object later changes nothing.
      this.emits.push({ room, delivery: 'live', event, data: structuredClone(data), except });
      return Promise.resolve();
    },
  };

  readonly kept: KeptSender = {
    emit: async (room, emit) => {
      if (this.failure) return { status: 'failed', error: this.failure };
      // At its place among the emits that nobody waits for; what turns out to be there already is taken out again.
      const record = recordOf(room, emit);
      this.emits.push(record);
      const outcome = await this.#append(room, emit);
      if (outcome?.outcome === 'duplicate' || outcome?.outcome === 'fenced') {
        this.emits.splice(this.emits.indexOf(record), 1);
        if (outcome.outcome === 'duplicate') return { status: 'duplicate', id: outcome.token };
        return { status: 'failed', error: new GatewayError('FENCED', 'Refused: a newer run has reported.') };
      }
      if (outcome?.outcome !== 'appended') return { status: 'published' };
      const id = outcome.token;
      const wish = emit.delivery === 'durable' ? emit.receipt : undefined;
      const delivered = this.online.has(room);
      if (wish?.afterMs !== undefined && !delivered)
        this.undelivered.add({ ...wish, room, id, data: emit.data });
      return { status: 'published', id, ...(wish?.withinMs !== undefined && { delivered }) };
    },
  };

  clear(): void {
    this.emits.length = 0;
    this.commands.length = 0;
    this.log.clear();
    this.undelivered.clear();
  }

  async #append(room: string, { delivery: kind, ...emit }: KeptEmit): Promise<AppendOutcome | undefined> {
    const event = { kind, seq: ++this.#seq, ...emit } as AppendEvent;
    const firstSentAt = performance.now();
    const batch = { room, emitter: this.#emitter, events: [event], firstSentAt, isRetry: false };
    const report = await this.log.append(batch);
    return report.status === 'done' ? report.outcomes[0] : undefined;
  }
}

function recordOf(room: string, emit: KeptEmit): RecordedEmit {
  const [event, data] = JSON.parse(`[${emit.data}]`) as [string, unknown];
  const base = { room, event, data, except: [] };
  if (emit.delivery === 'latest') return { ...base, delivery: 'latest', key: emit.key };
  const { dedupeKey, clears, receipt: { withinMs, afterMs } = {} } = emit;
  return {
    ...base,
    delivery: 'durable',
    ...(dedupeKey !== undefined && { dedupeKey }),
    ...(clears !== undefined && { clears }),
    ...(withinMs !== undefined && { confirm: { withinMs } }),
    ...(afterMs !== undefined && { fallback: { afterMs } }),
  };
}
