import { originOf } from './origin-of.js';
import { shrink } from './shrink.js';

/** How many tokens of a room are remembered. */
const MAX_TOKENS = 128;

/** How many emitters of a room are remembered. */
const MAX_EMITTERS = 256;

/** How many characters of an event's origin are its emitter; the others are its number there, from 1 on. */
const EMITTER_LENGTH = 8;

/**
 * Which durable events of a room have arrived, on whatever connection: by their tokens, and by the highest `seq` of each
 * emitter. An emitter that finds that Redis has forgotten its events sends them again, and they get new tokens.
 *
 * One number per emitter is enough, because the events of an emitter are in a room's log in the order of their `seq`.
 */
export class SeenEvents {
  readonly #tokens = new Set<string>();
  readonly #highest = new Map<string, number>();

  /** Remembers an event; returns whether it is one that was not seen before. */
  add(token: string): boolean {
    if (this.#tokens.has(token)) return false;
    this.#tokens.add(token);
    shrink(this.#tokens, MAX_TOKENS);
    const origin = originOf(token);
    const emitter = origin.slice(0, EMITTER_LENGTH);
    const seq = Number(origin.slice(EMITTER_LENGTH));
    if (seq <= (this.#highest.get(emitter) ?? -1)) return false;
    this.#highest.set(emitter, seq);
    shrink(this.#highest, MAX_EMITTERS);
    return true;
  }
}
