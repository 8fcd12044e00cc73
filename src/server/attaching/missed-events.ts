import type { Socket } from 'socket.io';
import type { RoomEvent } from '../../room-log/index.js';
import { unsentBytes } from '../frames/index.js';
import type { ReplayBudget } from './replay-budget.js';
import type { Replay } from './replay-pump.js';

/** A replay stops to look at the socket after so many events or bytes, and waits while so many bytes are unsent. */
const CHUNK_EVENTS = 100;
const CHUNK_BYTES = 256 * 1024;
const MAX_UNSENT_BYTES = 256 * 1024;

/** How long events are kept in memory for a socket that takes no more: others need the room. */
const KEEP_BLOCKED_MS = 2000;

/** Who is sent what was missed. */
export interface MissedEventsHost {
  readonly socket: Socket;
  /** Whether an event comes next for the socket. */
  isNext(event: RoomEvent): boolean;
  /** Sends an event; returns how many bytes that were. */
  send(event: RoomEvent): number;
  /** All was sent, or all up to a hole; or the rest was given up, and the socket takes more again. */
  replayEnded(): void;
  /** Sending has thrown. */
  fail(error: unknown): void;
}

/** The events that one socket has missed, sent to it a chunk at a time, as fast as it takes them. */
export class MissedEvents implements Replay {
  readonly #host: MissedEventsHost;
  readonly #budget: ReplayBudget;
  #events: readonly RoomEvent[];
  #index = 0;
  #blockedAt: number | undefined;
  #state: 'sending' | 'given-up' | 'over' = 'sending';

  constructor(events: readonly RoomEvent[], budget: ReplayBudget, host: MissedEventsHost) {
    this.#events = events;
    this.#budget = budget;
    this.#host = host;
    budget.hold(events);
  }

  step(): 'more' | 'blocked' | 'done' {
    if (this.#state === 'over') return 'done';
    if (unsentBytes(this.#host.socket) > MAX_UNSENT_BYTES) return this.#wait();
    if (this.#state === 'given-up') return this.#end();
    this.#blockedAt = undefined;
    let bytes = 0;
    for (let count = 0; count < CHUNK_EVENTS && bytes < CHUNK_BYTES; count++) {
      const event = this.#events[this.#index];
      // A hole in the middle of the log: a look from here says what kind of gap it is.
      if (!event || (this.#index > 0 && !this.#host.isNext(event))) return this.#end();
      this.#index++;
      bytes += this.#host.send(event);
      // Who listens to what is sent may have made the socket leave.
      if (this.#isOver()) return 'done';
    }
    return 'more';
  }

  fail(error: unknown): void {
    this.#host.fail(error);
  }

  /** The socket has left. */
  stop(): void {
    this.#release();
    this.#state = 'over';
  }

  #isOver(): boolean {
    return this.#state === 'over';
  }

  /** The socket takes no more for now. After a while the rest is given up, to be read again later. */
  #wait(): 'blocked' {
    const now = performance.now();
    this.#blockedAt ??= now;
    if (this.#state === 'sending' && now - this.#blockedAt > KEEP_BLOCKED_MS) {
      this.#release();
      this.#state = 'given-up';
    }
    return 'blocked';
  }

  #end(): 'done' {
    this.stop();
    this.#host.replayEnded();
    return 'done';
  }

  #release(): void {
    if (this.#state === 'sending') this.#budget.release(this.#events);
    this.#events = [];
  }
}
