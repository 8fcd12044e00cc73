import { originOf, type Token } from '../../room-log/index.js';

/** How many emitters of a room are remembered. */
const MAX_EMITTERS = 256;

/**
 * Which events a receiver of a room has seen, whatever token they had: an emitter that finds that Redis has forgotten
 * its events sends them again, and they get new tokens.
 *
 * One number per emitter is enough, because the events of an emitter are in a room's log in the order of their `seq`.
 */
export class SeenEvents {
  readonly #highest = new Map<string, number>();

  /** Remembers an event; returns whether it is one that was not seen before. */
  add(token: Token): boolean {
    const origin = originOf(token);
    if (!origin) return true;
    const highest = this.#highest.get(origin.emitter);
    if (highest !== undefined && origin.seq <= highest) return false;
    this.#highest.set(origin.emitter, origin.seq);
    if (highest === undefined && this.#highest.size > MAX_EMITTERS) {
      for (const first of this.#highest.keys()) {
        this.#highest.delete(first);
        break;
      }
    }
    return true;
  }
}
