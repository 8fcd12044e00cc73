import { isUtf8 } from 'node:buffer';

/** Checks that a file is UTF-8, chunk by chunk; a character may be cut by the end of a chunk. */
export class Utf8Checker {
  #carry: Buffer = Buffer.alloc(0);
  #offset = 0;

  /** @returns the file offset of the first byte that is not UTF-8, or -1. */
  push(chunk: Buffer): number {
    const text = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
    const cut = text.length - incompleteTail(text);
    const complete = text.subarray(0, cut);
    if (!isUtf8(complete)) return this.#offset + firstInvalid(complete);
    this.#carry = Buffer.from(text.subarray(cut));
    this.#offset += cut;
    return -1;
  }

  /** @returns the file offset of a character that the file's end cuts, or -1. */
  end(): number {
    return this.#carry.length === 0 ? -1 : this.#offset;
  }
}

/** How many bytes at the end are the beginning of a character whose rest is missing. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte > 0xf4) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

/** Halves the range until it is found: a chunk is checked seventeen times, once per broken file. */
function firstInvalid(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, middle - incompleteTail(part)))) good = middle;
    else bad = middle;
  }
  // The byte at which it shows may follow the beginning of a character that has no end.
  return bad - 1 - incompleteTail(bytes.subarray(0, bad - 1));
}
