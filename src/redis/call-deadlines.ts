import { DeadlineLine } from '../deadlines/index.js';
import type { RedisCall } from './redis-call.js';

/** How long after a blocked event loop the command may take: it may have been sent only now. */
const GRACE_MS = 250;

/** Tells of the calls of a connection whose time is up. Most have the same time, so there is a line for each time. */
export class CallDeadlines {
  readonly #onLate: (call: RedisCall) => void;
  readonly #lines = new Map<number, DeadlineLine<RedisCall>>();

  /** @param onLate called when the time of a call is up and it has not ended; must end it */
  constructor(onLate: (call: RedisCall) => void) {
    this.#onLate = onLate;
  }

  /** The time of a call begins. To be called when it is on its way: the command need not wait for this. */
  add(call: RedisCall, timeoutMs: number): void {
    if (!call.hasEnded) this.#lineOf(timeoutMs).add(call);
  }

  #lineOf(timeoutMs: number): DeadlineLine<RedisCall> {
    let line = this.#lines.get(timeoutMs);
    if (!line) {
      line = new DeadlineLine({
        timeoutMs,
        hasEnded: (call) => call.hasEnded,
        expire: (call, wasBlocked) => {
          if (wasBlocked) this.add(call, GRACE_MS);
          else this.#onLate(call);
        },
      });
      this.#lines.set(timeoutMs, line);
    }
    return line;
  }
}
