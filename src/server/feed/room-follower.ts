import type { GapReason } from '../../contract/index.js';
import { isLater, type RoomEvent, type RoomLook, type Token } from '../../room-log/index.js';
import { RecentTokens } from './recent-tokens.js';
import { SeenEvents } from './seen-events.js';

/**
 * Tokens that are remembered, the position among them: by them doubled messages are recognised, and where to go on after
 * a rollback.
 */
const MAX_RECENT = 64;

/** Messages that wait for a read. More are thrown away: they are all in the log. */
const MAX_HELD = 256;

/** A look at the log that a follower wants; answer it with `looked` or `failed`. */
export interface FollowerRead {
  readonly id: number;
  /** null: only where the room is now. */
  readonly position: Token | null;
  readonly known: readonly Token[] | undefined;
}

/** What a follower tells. None of it may call the follower back before it has returned. */
export interface FollowerSink {
  /** The next event of the room. */
  deliver(event: RoomEvent): void;
  /** An event that was delivered before: it was forgotten, and sent again by its emitter. */
  passOver(event: RoomEvent): void;
  /** Events are missing before the next one; `position` is what a receiver's position becomes. */
  gap(reason: GapReason, position: Token): void;
  /**
   * The position is now this one, and all up to it has been told: the first look, an event delivered, announced as
   * unreadable or passed over, a gap. A receiver that is at `token` gets exactly what comes next.
   */
  advance(token: Token): void;
  read(read: FollowerRead): void;
}

interface Held {
  readonly event: RoomEvent;
  readonly arrivedAt: number;
}

/**
 * Follows the durable events of one room: from the messages of its channel, which may be late, doubled or lost, and from
 * looks at its log, it makes each event once, in the order of the log, or a gap that is announced. It does no I/O and
 * knows no time. protocol.md, "Feed".
 *
 * An event is delivered only when its `prev` is the position. Whatever does not fit is held, and the log is read:
 *
 *     position 3; message (5, prev 4): hold, read(3)
 *     message (6, prev 5): hold
 *     look: chain 4, 5: deliver both, position 5; held: 5 is known, 6 chains: deliver
 */
export class RoomFollower {
  readonly #sink: FollowerSink;
  // A server has many rooms in which nothing happens: these three are made when they are needed.
  /** The tokens before the position. */
  #earlier: RecentTokens | undefined;
  #seen: SeenEvents | undefined;
  #held: Held[] | undefined;
  #heldChars = 0;
  #position: Token | undefined;
  /** Orders arrivals and the beginnings of reads. */
  #clock = 0;
  #reading: { readonly read: FollowerRead; readonly begunAt: number } | undefined;
  #isDirty = false;
  #hasFailed = false;
  #isUnreadable = false;
  #droppedCount = 0;

  constructor(sink: FollowerSink) {
    this.#sink = sink;
  }

  /** The token of the last event that was delivered or passed over; undefined before the first look. */
  get position(): Token | undefined {
    return this.#position;
  }

  /** Whether it knows of nothing that it has not delivered: no read is under way or wanted. */
  get isSettled(): boolean {
    return this.#position !== undefined && !this.#reading && !this.#hasFailed && !this.#held;
  }

  /** Whether a read failed, and `retry` is due. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Whether a token is one of those that were dealt with lately, before the position. */
  isPast(token: Token): boolean {
    return token !== this.#position && this.#isRecent(token);
  }

  /** How many messages were in no log: they were rolled back before they could be read. */
  get droppedCount(): number {
    return this.#droppedCount;
  }

  /** How many characters the held messages have. */
  get heldChars(): number {
    return this.#heldChars;
  }

  /**
   * Something may have been missed: the subscription was made or made anew, a probe was missed, the cluster changed.
   * Begins to follow, the first time.
   */
  dirty(): void {
    if (this.#reading) this.#isDirty = true;
    else this.#read();
  }

  /** The audit found this tail. */
  audited(tail: Token): void {
    if (tail !== this.#position) this.dirty();
  }

  /** A message of the room's channel. */
  message(event: RoomEvent): void {
    const fits = !this.#reading && !this.#held && event.prev === this.#position;
    // What is later than the position is none of those before it, among which a token is looked for one by one.
    if (!(fits && isLater(event.token, event.prev)) && this.#isRecent(event.token)) return;
    if (fits) {
      this.#accept(event);
      return;
    }
    if (this.#held && this.#held.length >= MAX_HELD) this.dropHeld();
    this.#heldChars += event.data?.length ?? 0;
    (this.#held ??= []).push({ event, arrivedAt: ++this.#clock });
    if (!this.#reading && !this.#hasFailed) this.#read();
  }

  /** Throws away what is held, to free its memory, and reads it from the log instead. */
  dropHeld(): void {
    this.#hold(undefined);
    if (this.#reading) this.#isDirty = true;
    else if (!this.#hasFailed) this.#read();
  }

  /** The answer to a read. */
  looked(id: number, look: RoomLook): void {
    const reading = this.#reading;
    if (reading?.read.id !== id) return;
    this.#isUnreadable = false;
    if (this.#position === undefined) {
      this.#moveTo(look.tail);
      this.#sink.advance(look.tail);
    } else if (look.verdict === 'chain') {
      const before = this.#position;
      for (const event of look.events) {
        // A hole in the middle of the log. Read again from here, the log says what kind of gap it is.
        if (event.prev !== this.#position) break;
        this.#accept(event);
      }
      if (this.#position === before) {
        this.failed(id);
        return;
      }
    } else if (look.verdict === 'gap') {
      if (look.reason === 'rolled-back' && reading.read.known === undefined) {
        // Where to go on is the newest token known that is still there.
        this.#read([this.#position, ...(this.#earlier?.newestFirst() ?? [])]);
        return;
      }
      this.#sink.gap(look.reason, look.resume);
      this.#moveTo(look.resume);
      this.#sink.advance(look.resume);
    }
    if (this.#position === look.tail) this.#finish(reading.begunAt);
    else this.#read();
  }

  /**
   * A read could not be answered. The position stays, and nothing is announced; call `retry` after a while.
   *
   * @param isLasting the log answered that this room cannot be read: wrong type, no permission
   */
  failed(id: number, isLasting = false): void {
    if (this.#reading?.read.id !== id) return;
    this.#reading = undefined;
    this.#hasFailed = true;
    if (!isLasting || this.#isUnreadable || this.#position === undefined) return;
    this.#isUnreadable = true;
    this.#sink.gap('unreadable', this.#position);
  }

  /** Reads again after a failure. */
  retry(): void {
    if (this.#hasFailed) this.#read();
  }

  #read(known?: readonly Token[]): void {
    this.#hasFailed = false;
    this.#isDirty = false;
    const begunAt = ++this.#clock;
    const read = { id: begunAt, position: this.#position ?? null, known };
    this.#reading = { read, begunAt };
    this.#sink.read(read);
  }

  /** The log has been read to its end. */
  #finish(begunAt: number): void {
    this.#reading = undefined;
    const held = this.#held ?? [];
    this.#hold(undefined);
    for (const [index, { event, arrivedAt }] of held.entries()) {
      if (this.#isRecent(event.token)) continue;
      if (arrivedAt < begunAt) {
        // It was published, so it was in the log before the read began; the read has ended without it: it was
        // delivered long ago, or rolled back.
        this.#droppedCount++;
      } else if (event.prev === this.#position) {
        this.#accept(event);
      } else {
        this.#hold(held.slice(index));
        this.#read();
        return;
      }
    }
    if (this.#isDirty) this.#read();
  }

  #accept(event: RoomEvent): void {
    this.#moveTo(event.token);
    this.#seen ??= new SeenEvents();
    if (!this.#seen.add(event.token)) this.#sink.passOver(event);
    else if (event.data === null) this.#sink.gap('unreadable', event.token);
    else this.#sink.deliver(event);
    this.#sink.advance(event.token);
  }

  #moveTo(token: Token): void {
    if (this.#position !== undefined) {
      this.#earlier ??= new RecentTokens(MAX_RECENT - 1);
      this.#earlier.add(this.#position);
    }
    this.#position = token;
  }

  #isRecent(token: Token): boolean {
    return token === this.#position || this.#earlier?.has(token) === true;
  }

  #hold(held: Held[] | undefined): void {
    this.#held = held;
    this.#heldChars = held?.reduce((sum, { event }) => sum + (event.data?.length ?? 0), 0) ?? 0;
  }
}
