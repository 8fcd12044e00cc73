import type { RedisConnection } from '../../redis/index.js';
import { originOf, runScript, type RedisScript, type RoomScope, type Token } from '../../room-log/index.js';
import {
  ReceiptRegister,
  type Ending,
  type ReceiptLimits,
  type Registration,
  type TakenEvent,
  type TakenEvents,
  type TakeOptions,
} from '../receipt-register.js';
import { full } from '../fallbacks-full.js';
import { ReceiptKeys } from './receipt-keys.js';
import { RECEIPT_SCRIPTS } from './receipt-scripts.js';

export interface RedisReceiptRegisterSettings {
  /** Stays the caller's, who closes it. */
  readonly connection: RedisConnection;
  readonly scope: Pick<RoomScope, 'prefix' | 'namespace'>;
  readonly limits: ReceiptLimits;
}

/** A {@link ReceiptRegister} in Redis, which outlives every process, and is one for all of them. */
export class RedisReceiptRegister extends ReceiptRegister {
  readonly #connection: RedisConnection;
  readonly #limits: ReceiptLimits;
  readonly #keys: ReceiptKeys;

  constructor({ connection, scope, limits }: RedisReceiptRegisterSettings) {
    super();
    this.#connection = connection;
    this.#limits = limits;
    this.#keys = new ReceiptKeys(scope);
  }

  override async register({ room, emitter, events, isRetry }: Registration): Promise<void> {
    const { due, entries, done } = this.#keys;
    const { maxFallbacks, keepMs } = this.#limits;
    const args = [room, emitter, isRetry ? '1' : '', String(maxFallbacks), String(keepMs)];
    for (const { seq, data, wish } of events) {
      const { withinMs, afterMs, emittedAt = 0, isGivenUp } = wish;
      args.push(String(seq), isGivenUp ? '' : text(withinMs), text(afterMs), String(emittedAt));
      args.push(afterMs === undefined ? '' : data);
    }
    const keys = [due, entries, done, this.#keys.waited(emitter)];
    if ((await this.#run(RECEIPT_SCRIPTS.register, keys, args)) === -1) throw full(maxFallbacks);
  }

  override async settle(emitter: string, seq: number, token: Token | undefined): Promise<void> {
    await this.#change('settle', `${emitter}${seq}`, token ?? '');
  }

  override async acknowledge(room: string, tokens: readonly Token[]): Promise<readonly Token[]> {
    const { due, entries, done } = this.#keys;
    const keys = [due, entries, done];
    const args = [room];
    const asked: Token[] = [];
    for (const token of tokens) {
      const origin = originOf(token);
      if (!origin) continue;
      const key = this.#keys.waited(origin.emitter);
      if (!keys.includes(key)) keys.push(key);
      args.push(`${origin.emitter}${origin.seq}`, String(origin.seq), String(keys.indexOf(key) + 1));
      asked.push(token);
    }
    if (asked.length === 0) return [];
    const awaited = new Set((await this.#run(RECEIPT_SCRIPTS.acknowledge, keys, args)) as number[]);
    return asked.filter((_, index) => awaited.has(index));
  }

  override async acknowledged(
    emitter: string,
    seqs: readonly number[],
    forget: readonly number[],
  ): Promise<boolean[]> {
    const key = this.#keys.waited(emitter);
    const [found] = await this.#connection.call((client) =>
      Promise.all([
        seqs.length > 0 ? client.hmget(key, ...seqs.map(String)) : [],
        forget.length > 0 ? client.hdel(key, ...forget.map(String)) : 0,
      ]),
    );
    return found.map((value) => value === 'a');
  }

  override async take({ holder, limit, leaseMs }: TakeOptions): Promise<TakenEvents> {
    const { due, entries } = this.#keys;
    const args = [holder, String(limit), String(leaseMs), String(this.#limits.keepMs)];
    const answer = await this.#run(RECEIPT_SCRIPTS.take, [due, entries], args);
    const [expiredCount, now, ...taken] = answer as [number, string, ...(string | number)[]];
    const events: TakenEvent[] = [];
    for (let index = 0; index < taken.length; index += 4) {
      const [uid, token, attempt, entry] = taken.slice(index, index + 4) as [string, string, number, string];
      events.push({ uid, token: token || undefined, attempt, ...read(entry, Number(now)) });
    }
    return { events, expiredCount };
  }

  override async renew(holder: string, uids: readonly string[], leaseMs: number): Promise<void> {
    await this.#change('renew', holder, String(leaseMs), ...uids);
  }

  override finish(holder: string, uid: string, ending: Ending): Promise<boolean> {
    const keepMs = String(this.#limits.keepMs);
    if (ending.kind === 'later') {
      const { inMs, isFree } = ending;
      return this.#change('later', holder, uid, String(Math.round(inMs)), isFree ? '1' : '', keepMs);
    }
    if (ending.kind !== 'parked') return this.#change(ending.kind, holder, uid);
    return this.#change('parked', holder, uid, ending.text, String(ending.maxParked), keepMs);
  }

  async #change(...args: string[]): Promise<boolean> {
    const { due, entries, done, parked } = this.#keys;
    return (await this.#run(RECEIPT_SCRIPTS.change, [due, entries, done, parked], args)) !== 0;
  }

  #run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#connection.call((client) =>
      runScript(client, { script, keys, args, read: (answer) => answer }),
    );
  }
}

function text(ms: number | undefined): string {
  return ms === undefined ? '' : String(ms);
}

/** Only the last of the four lines may have line breaks. */
function read(entry: string, now: number): Pick<TakenEvent, 'room' | 'data' | 'emittedAt' | 'ageMs'> {
  const [registeredAt = '', room = '', emittedAt = ''] = entry.split('\n', 3);
  const data = entry.slice(registeredAt.length + room.length + emittedAt.length + 3);
  return { room, data, emittedAt: Number(emittedAt), ageMs: now - Number(registeredAt) };
}
