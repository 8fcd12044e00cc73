import { isDeepStrictEqual } from 'node:util';
import type { Socket } from 'socket.io';
import { Allowance, type Rate } from './allowance.js';

/** Where Socket.IO keeps those that it has not decided about, in a namespace. */
interface Undecided {
  readonly _preConnectSockets: ReadonlyMap<string, Socket>;
}

/** Whether a namespace has been asked for before: `same` by the same words, `other` by other ones. */
export type AskedTwice = 'no' | 'same' | 'other';

/** Of connections about which all is decided. */
const NONE: readonly Socket[] = [];

/** What one connection asks for. */
export class AskedNamespaces {
  /** All that have asked, but for some that have been decided about. */
  #asking = NONE;
  /** Those of them that we have let in, but for some that are there. */
  #admitted = NONE;
  /** Undefined until a second namespace is asked for: mostly none is. */
  #allowance: Allowance | undefined;
  #hasAsked = false;

  /**
   * Counts one more. What is asked for need not exist: nobody else would count it.
   *
   * @returns for how many milliseconds none may be asked for; 0: this one may
   */
  take(rate: Rate, nowMs: number): number {
    if (!this.#hasAsked) {
      this.#hasAsked = true;
      return 0;
    }
    this.#allowance ??= new Allowance(rate);
    const waitMs = Math.ceil(this.#allowance.waitMs(nowMs));
    if (waitMs === 0) this.#allowance.take(1, nowMs);
    return waitMs;
  }

  /**
   * Whether another one has asked for the same namespace and is not decided about, by whoever is asked. Of two Socket.IO would make
   * two sockets, and lose sight of the first: what is emitted comes twice, and only the second can leave.
   */
  ask(socket: Socket): AskedTwice {
    if (this.#asking.includes(socket)) return 'no';
    this.#asking = this.#asking.filter(isUndecided);
    const before = this.#asking.find(({ nsp }) => nsp === socket.nsp);
    if (before) return saySame(before, socket) ? 'same' : 'other';
    this.#asking = [...this.#asking, socket];
    return 'no';
  }

  /** We let one in. */
  admit(socket: Socket): void {
    if (!this.#admitted.includes(socket)) this.#admitted = [...this.#admitted, socket];
  }

  /** How many others than this one are let in and not there yet: others may still decide about them. */
  admittedBeside(socket: Socket): number {
    return this.#admitted.filter((one) => one !== socket && isUndecided(one)).length;
  }

  /** Some of them are decided about. */
  decided(): void {
    this.#asking = undecidedOf(this.#asking);
    this.#admitted = undecidedOf(this.#admitted);
  }
}

function undecidedOf(sockets: readonly Socket[]): readonly Socket[] {
  const undecided = sockets.filter(isUndecided);
  return undecided.length === 0 ? NONE : undecided;
}

function isUndecided({ nsp, id }: Socket): boolean {
  return (nsp as unknown as Undecided)._preConnectSockets.has(id);
}

/** Who they are, and where they want to go on. */
function saySame(one: Socket, other: Socket): boolean {
  try {
    return isDeepStrictEqual(one.handshake.auth, other.handshake.auth);
  } catch {
    // Nested too deeply to be compared, or to be meant honestly.
    return false;
  }
}
