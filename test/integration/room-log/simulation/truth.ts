import type { GapReason } from '../../../../src/contract/index.js';
import type { RoomEvent, Token } from '../../../../src/room-log/index.js';

/** One append that Redis made. An event that was forgotten and sent again has two. */
interface AppendRecord {
  readonly index: number;
  readonly token: Token;
  readonly prev: Token;
  /** The event, whatever its token: its JSON is different from that of every other. */
  readonly event: string;
  isForgotten: boolean;
}

/** What a fault makes possible to be announced, or nothing. */
export type Loss = 'trimmed' | 'forgotten';

/** What really happened in a room, as only the test knows: every append, and what Redis forgot of it. */
export class Truth {
  readonly records: AppendRecord[] = [];
  readonly losses = new Set<Loss>();
  /** What happened, for who looks into a failed run. */
  readonly story: string[] = [];
  readonly #byToken = new Map<Token, AppendRecord>();

  appended({ token, prev, data }: RoomEvent): void {
    this.story.push(`appended ${token} after ${prev}`);
    const record = { index: this.records.length, token, prev, event: data ?? '', isForgotten: false };
    this.records.push(record);
    if (this.#byToken.has(token)) throw new Error(`Redis gave the token ${token} to two appends`);
    this.#byToken.set(token, record);
  }

  /** Redis has forgotten every append from this one on. */
  forgetFrom(index: number): void {
    this.story.push(`forgot all from ${this.records[index]?.token ?? 'here'} on`);
    this.losses.add('forgotten');
    for (const record of this.records.slice(index)) record.isForgotten = true;
  }

  find(token: Token): AppendRecord | undefined {
    return this.#byToken.get(token);
  }

  /** How many appends the chain has up to a position. */
  countUpTo(position: Token): number {
    const record = this.#byToken.get(position);
    if (record) return record.index + 1;
    const next = this.records.find(({ prev, isForgotten }) => prev === position && !isForgotten);
    return next?.index ?? this.records.length;
  }

  isKept(event: string): boolean {
    return this.records.some((record) => record.event === event && !record.isForgotten);
  }

  /** Events that are in the chain twice. */
  doubled(): string[] {
    const kept = this.records.filter(({ isForgotten }) => !isForgotten).map(({ event }) => event);
    return kept.filter((event, index) => kept.indexOf(event) !== index);
  }
}

/** Checks everything that one receiver is given, at the moment it is given. */
export class ReceiverTruth {
  readonly #truth: Truth;
  readonly #name: string;
  readonly #seen = new Set<string>();
  /** What was there before it began, or announced as missing. Appended again, it may be given or passed over. */
  readonly #waived = new Set<string>();
  readonly delivered: string[] = [];
  gapCount = 0;
  /** Appends before this one are none of its business: made before it began, seen, forgotten, or announced. */
  #settledCount = 0;

  constructor(truth: Truth, name: string) {
    this.#truth = truth;
    this.#name = name;
  }

  /** It follows from the present tail on. */
  begins(): void {
    this.#settledCount = this.#truth.records.length;
    for (const { event } of this.#truth.records) this.#waived.add(event);
  }

  delivers({ token, prev, data }: RoomEvent): void {
    this.#truth.story.push(`${this.#name} is given ${token}`);
    const record = this.#truth.find(token);
    if (!record) throw this.#error(`was given ${token}, which was never appended`);
    if (record.prev !== prev || record.event !== data) throw this.#error(`was given ${token} changed`);
    if (this.#seen.has(data)) throw this.#error(`was given ${data} twice`);
    this.#requireSettled(record.index, `before it was given ${data}`);
    this.#seen.add(data);
    this.delivered.push(data);
  }

  announces(reason: GapReason, position: Token): void {
    this.gapCount++;
    this.#truth.story.push(`${this.#name} is told ${reason}, position ${position}`);
    const { losses } = this.#truth;
    const isPossible =
      reason === 'rolled-back' ? losses.has('forgotten') : losses.has('trimmed') || losses.has('forgotten');
    if (!isPossible) throw this.#error(`was told of a gap, ${reason}, where nothing is missing`);
    const count = this.#truth.countUpTo(position);
    for (const { event, isForgotten } of this.#truth.records.slice(this.#settledCount, count)) {
      if (!isForgotten) this.#waived.add(event);
    }
    this.#settledCount = Math.max(this.#settledCount, count);
  }

  /** At the end, when it has read everything. */
  requireAll(): void {
    this.#requireSettled(this.#truth.records.length, 'at the end');
  }

  #requireSettled(count: number, when: string): void {
    for (const record of this.#truth.records.slice(this.#settledCount, count)) {
      const { isForgotten, event } = record;
      if (isForgotten || this.#seen.has(event) || this.#waived.has(event)) continue;
      throw this.#error(`missed ${record.event} (${record.token}) without a word, ${when}`);
    }
    this.#settledCount = Math.max(this.#settledCount, count);
  }

  #error(what: string): Error {
    return new Error(`${this.#name} ${what}`);
  }
}
