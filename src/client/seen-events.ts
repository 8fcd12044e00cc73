import { shrink } from './shrink.js';

/** How many tokens of a room are remembered. */
const MAX_TOKENS = 128;

/** How many emitters of a room are remembered. */
const MAX_EMITTERS = 256;

/** `<ms>-<seq>.<emitter><seq>.<salt>`, where the emitter has eight characters; a genesis has none. */
const ORIGIN = /\.([\w-]{8})(\d+)\./;

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
    const [, emitter, digits] = ORIGIN.exec(token) ?? [];
    if (emitter === undefined) return true;
    const seq = Number(digits);
    const highest = this.#highest.get(emitter);
    if (highest !== undefined && seq <= highest) return false;
    this.#highest.set(emitter, seq);
    shrink(this.#highest, MAX_EMITTERS);
    return true;
  }
}
