/** A power of two. */
const SLOT_COUNT = 1024;

const MAX_KEY_BYTES = 32;

interface Slot {
  readonly bytes: Buffer;
  readonly text: string;
}

/**
 * The keys of objects that were read lately. Events of one kind have the same keys, and to compare bytes costs less
 * than to make a string of them. Each key has one slot, which the latest with that hash takes over: it never grows.
 */
export class KeyCache {
  readonly #slots = new Array<Slot | undefined>(SLOT_COUNT).fill(undefined);

  /** The string that `read` makes of the bytes from `start` to `end`, or made of the same bytes before. */
  get(
    bytes: Buffer,
    start: number,
    end: number,
    read: (bytes: Buffer, start: number, end: number) => string,
  ): string {
    const length = end - start;
    if (length > MAX_KEY_BYTES) return read(bytes, start, end);
    let hash = length;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const index = (hash ^ (hash >>> 15)) & (SLOT_COUNT - 1);
    const slot = this.#slots[index];
    if (slot?.bytes.length === length && isSame(slot.bytes, bytes, start)) return slot.text;
    const text = read(bytes, start, end);
    this.#slots[index] = { bytes: Buffer.from(bytes.subarray(start, end)), text };
    return text;
  }
}

function isSame(key: Buffer, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < key.length; index++) if (key[index] !== bytes[start + index]) return false;
  return true;
}
