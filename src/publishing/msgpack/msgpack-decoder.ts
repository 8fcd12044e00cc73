import { KeyCache } from './key-cache.js';

/** What is nested deeper than this is refused: reading it would take the stack that the rest of the process needs. */
const MAX_DEPTH = 1000;

/**
 * Reads MessagePack that may come from anyone who can publish on the channel. It works in time and memory in
 * proportion to the message, whatever lengths the message claims, and returns what was written:
 *
 * - every JSON value as it was, halves of surrogate pairs and keys named `__proto__` included;
 * - bin as a `Buffer` that shares the message's memory, timestamps as `Date`;
 * - the older forms of Socket.IO's own encoder, as its decoder reads them: ext type 0 is `undefined` (1 byte), `Date`
 *   (8 bytes) or `ArrayBuffer`; every other ext is `[type, bytes]`.
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class MsgpackDecoder {
  readonly #keys = new KeyCache();

  /** @throws Error when the bytes are not exactly one value, or are nested more than 1,000 deep */
  decode(bytes: Buffer): unknown {
    return new Reading(bytes, this.#keys).whole();
  }
}

class Reading {
  readonly #bytes: Buffer;
  readonly #keys: KeyCache;
  #at = 0;
  #depth = 0;

  constructor(bytes: Buffer, keys: KeyCache) {
    this.#bytes = bytes;
    this.#keys = keys;
  }

  whole(): unknown {
    const value = this.#value();
    if (this.#at !== this.#bytes.length) throw new Error(`${this.#remaining} bytes follow the value`);
    return value;
  }

  get #remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #value(): unknown {
    const head = this.#uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.#map(head & 0x0f);
    if (head < 0xa0) return this.#array(head & 0x0f);
    if (head < 0xc0) return this.#string(head & 0x1f);
    return head < 0xe0 ? this.#long(head) : head - 0x100;
  }

  /** A value whose length, or number, follows its first byte. */
  #long(head: number): unknown {
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#uint(1 << (head - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (head - 0xc7)), false);
      case 0xca:
        return this.#bytes.readFloatBE(this.#take(4));
      case 0xcb:
        return this.#bytes.readDoubleBE(this.#take(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (head - 0xcc));
      case 0xcf:
        return this.#uint(4) * 2 ** 32 + this.#uint(4);
      case 0xd0:
        return this.#bytes.readInt8(this.#take(1));
      case 0xd1:
        return this.#bytes.readInt16BE(this.#take(2));
      case 0xd2:
        return this.#bytes.readInt32BE(this.#take(4));
      case 0xd3:
        return this.#bytes.readInt32BE(this.#take(4)) * 2 ** 32 + this.#uint(4);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (head - 0xd4), true);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string(this.#uint(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 << (head - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 << (head - 0xde)));
      default:
        throw new Error('0xc1 begins no value');
    }
  }

  #array(length: number): unknown[] {
    // It grows element by element: a claimed length is no reason to set memory aside, for arrays within arrays may
    // each claim all bytes that remain.
    this.#enter(length);
    const values: unknown[] = [];
    for (let index = 0; index < length; index++) values.push(this.#value());
    this.#depth--;
    return values;
  }

  #map(length: number): Record<string, unknown> {
    this.#enter(length * 2);
    const object: Record<string, unknown> = {};
    for (let index = 0; index < length; index++) {
      const key = this.#key();
      const value = this.#value();
      if (key === '__proto__') {
        // Assigning would change the prototype instead.
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      } else object[key] = value;
    }
    this.#depth--;
    return object;
  }

  /** @param atLeastBytes what the entries take: one byte each, or more */
  #enter(atLeastBytes: number): void {
    this.#require(atLeastBytes);
    if (++this.#depth > MAX_DEPTH) throw new Error(`nested more than ${MAX_DEPTH} deep`);
  }

  /** Always a string, as in JSON. */
  #key(): string {
    const head = this.#uint(1);
    let length = head & 0x1f;
    if (head >= 0xd9 && head <= 0xdb) length = this.#uint(1 << (head - 0xd9));
    else if (head < 0xa0 || head > 0xbf) throw new Error('a key is not a string');
    const start = this.#take(length);
    return this.#keys.get(this.#bytes, start, this.#at, readText);
  }

  #string(length: number): string {
    const start = this.#take(length);
    return readText(this.#bytes, start, this.#at);
  }

  #binary(length: number): Buffer {
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  #extension(length: number, isFixed: boolean): unknown {
    const type = this.#bytes.readInt8(this.#take(1));
    const content = this.#binary(length);
    if (type === -1 && isFixed && length === 4) return new Date(content.readUInt32BE(0) * 1e3);
    if (type === -1 && isFixed && length === 8) {
      const high = content.readUInt32BE(0);
      return new Date(((high & 3) * 2 ** 32 + content.readUInt32BE(4)) * 1e3 + (high >>> 2) / 1e6);
    }
    if (type === -1 && length === 12) {
      return new Date(Number(content.readBigInt64BE(4)) * 1e3 + content.readUInt32BE(0) / 1e6);
    }
    if (type === 0 && isFixed && length === 1) return undefined;
    if (type === 0 && isFixed && length === 8) return new Date(Number(content.readBigInt64BE(0)));
    if (type === 0 && !isFixed) return Uint8Array.from(content).buffer;
    return [type, content];
  }

  #uint(size: number): number {
    const at = this.#take(size);
    const bytes = this.#bytes;
    if (size === 1) return bytes[at] as number;
    return size === 2 ? bytes.readUInt16BE(at) : bytes.readUInt32BE(at);
  }

  /** Steps over `count` bytes and returns where they begin. */
  #take(count: number): number {
    this.#require(count);
    const at = this.#at;
    this.#at += count;
    return at;
  }

  #require(count: number): void {
    if (count > this.#remaining) throw new Error(`${count} bytes expected, ${this.#remaining} remain`);
  }
}

function readText(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\ufffd') ? readSurrogates(bytes.subarray(start, end)) : text;
}

/**
 * Reads UTF-8 in which halves of surrogate pairs may stand alone, as the three bytes ED A0..BF 80..BF. No other
 * character's bytes look like that, and none contains ED later than at its beginning.
 */
function readSurrogates(bytes: Buffer): string {
  let text = '';
  let start = 0;
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    if (second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue;
    text += bytes.toString('utf8', start, at);
    text += String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    start = at + 3;
  }
  return text + bytes.toString('utf8', start);
}
