import { hashText } from './hash.js';

/** How many different values there were; `exact` says whether they were counted or estimated. */
export interface DistinctCount {
  count: number;
  exact: boolean;
}

/** Up to this many different values are counted exactly, by their 53-bit hashes (a collision: one in 10^9). */
export const EXACT_DISTINCT_LIMIT = 16_384;

const REGISTER_BITS = 14;
const REGISTERS = 1 << REGISTER_BITS;
/** A register has seen at most this many leading zeros of 32 bits, and one. */
const MAX_RANK = 33;

/**
 * Counts different values in bounded memory: exactly up to {@link EXACT_DISTINCT_LIMIT}, beyond it with HyperLogLog
 * (standard error 0.8 %, 16 KiB).
 *
 * @see https://algo.inria.fr/flajolet/Publications/FlFuGaMe07.pdf
 * @see https://arxiv.org/abs/1702.01284 for the estimator, which has no bias where the original one has
 */
export class DistinctCounter {
  /** An open-addressing hash table of key + 1; 0 is a free slot. Half empty, always. */
  #table: Float64Array | undefined = new Float64Array(64);
  #size = 0;
  #registers: Uint8Array | undefined;

  /** Takes a value into account. */
  add(value: string): void {
    const entry = hashText(value) + 1;
    if (this.#table === undefined) this.#observe(entry);
    else this.#insert(entry, this.#table);
  }

  /** How many different values were added. */
  result(): DistinctCount {
    return this.#registers === undefined
      ? { count: this.#size, exact: true }
      : { count: estimate(this.#registers), exact: false };
  }

  #insert(entry: number, table: Float64Array): void {
    const slot = slotOf(entry, table);
    if (table[slot] === entry) return;
    if (this.#size === EXACT_DISTINCT_LIMIT) {
      this.#estimateFromNowOn(table);
      this.#observe(entry);
      return;
    }
    table[slot] = entry;
    this.#size++;
    if (this.#size * 2 > table.length) {
      const larger = new Float64Array(table.length * 2);
      for (const old of table) if (old !== 0) larger[slotOf(old, larger)] = old;
      this.#table = larger;
    }
  }

  #estimateFromNowOn(table: Float64Array): void {
    this.#registers = new Uint8Array(REGISTERS);
    this.#table = undefined;
    for (const entry of table) if (entry !== 0) this.#observe(entry);
  }

  #observe(entry: number): void {
    const registers = this.#registers;
    if (registers === undefined) return;
    const key = entry - 1;
    // The low 14 bits choose the register, the leading zeros of the 32 bits above them are its observation.
    const register = key % REGISTERS;
    const rank = Math.clz32(Math.floor(key / REGISTERS) % 0x1_0000_0000) + 1;
    if (rank > (registers[register] ?? 0)) registers[register] = rank;
  }
}

function slotOf(entry: number, table: Float64Array): number {
  const mask = table.length - 1;
  let slot = (entry % 0x1_0000_0000) & mask;
  while (table[slot] !== 0 && table[slot] !== entry) slot = (slot + 1) & mask;
  return slot;
}

function estimate(registers: Uint8Array): number {
  const ranks = new Float64Array(MAX_RANK + 1);
  for (const rank of registers) ranks[rank] = (ranks[rank] ?? 0) + 1;
  const share = (rank: number): number => (ranks[rank] ?? 0) / REGISTERS;
  let z = tau(1 - share(MAX_RANK));
  for (let rank = MAX_RANK - 1; rank >= 1; rank--) z = (z + share(rank)) / 2;
  z += sigma(share(0));
  return Math.round(REGISTERS / (2 * Math.LN2 * z));
}

/** What registers that have seen nothing add. */
function sigma(share: number): number {
  let x = share;
  let y = 1;
  let z = x;
  for (let before = -1; z !== before; y *= 2) {
    x *= x;
    before = z;
    z += x * y;
  }
  return z;
}

/** What registers that can count no further add. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - x;
  for (let before = -1; z !== before;) {
    x = Math.sqrt(x);
    before = z;
    y /= 2;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
