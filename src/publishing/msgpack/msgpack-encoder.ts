import { types } from 'node:util';

/** Longer strings are written by the engine, which then is faster than a loop. */
const SHORT_STRING_LENGTH = 32;

const INITIAL_BYTES = 4096;

/** One large event must not keep its memory for ever. */
const MAX_KEPT_BYTES = 1024 * 1024;

/**
 * Encodes what travels between servers as MessagePack, for the wire format of Socket.IO's Redis adapters. The encoder
 * that they bring changes some values silently: integers from 2^64 on, halves of surrogate pairs, the elements of
 * typed arrays. What this one writes is read back unchanged by {@link MsgpackDecoder}, and by theirs too but for halves
 * of surrogate pairs (it reads three U+FFFD) and keys named `__proto__` (it leaves them out).
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class MsgpackEncoder {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #end = 0;
  #isBusy = false;

  /**
   * @param value JSON's types as `JSON.stringify` would write them, toJSON, `undefined` and -0 included; besides, what
   *   applications emit by themselves: binary (as bin) and `Date` (as timestamp)
   * @throws TypeError for functions and symbols in arrays and for BigInt; RangeError when it is nested too deep for
   *   the stack; whatever a getter or toJSON throws
   */
  encode(value: unknown): Buffer {
    // A getter or a toJSON of the value may emit an event of its own.
    if (this.#isBusy) return new MsgpackEncoder().encode(value);
    this.#isBusy = true;
    this.#end = 0;
    try {
      this.#write(value);
      return Buffer.from(this.#bytes.subarray(0, this.#end));
    } finally {
      this.#isBusy = false;
      if (this.#bytes.length > MAX_KEPT_BYTES) this.#bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    }
  }

  #write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#string(value);
      case 'number':
        return this.#number(value);
      case 'boolean':
        return this.#byte(value ? 0xc3 : 0xc2);
      case 'undefined':
        return this.#byte(0xc0);
      case 'object':
        if (value === null) return this.#byte(0xc0);
        if (Array.isArray(value)) return this.#array(value);
        if (ArrayBuffer.isView(value))
          return this.#binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
        if (types.isAnyArrayBuffer(value)) return this.#binary(new Uint8Array(value));
        if (types.isDate(value)) return this.#date(value.getTime());
        return this.#object(value as Record<string, unknown>);
      default:
        // Applications give BigInt a toJSON for JSON.stringify to call.
        if (hasToJson(value)) return this.#write(value.toJSON());
        throw new TypeError(`A ${typeof value} cannot be sent.`);
    }
  }

  #array(values: readonly unknown[]): void {
    // By index, as JSON does it: an iterator could give another number of values than the head says.
    const { length } = values;
    this.#head(length, 0x90, 15, 0, 0xdc);
    for (let index = 0; index < length; index++) this.#write(values[index]);
  }

  #object(object: Record<string, unknown>): void {
    if (hasToJson(object)) return this.#write(object.toJSON());
    let keys = Object.keys(object);
    if (keys.some((key) => isLeftOut(object[key]))) keys = keys.filter((key) => !isLeftOut(object[key]));
    this.#head(keys.length, 0x80, 15, 0, 0xde);
    for (const key of keys) {
      this.#string(key);
      this.#write(object[key]);
    }
  }

  #binary(content: Uint8Array): void {
    const { length } = content;
    // bin has no short form: no length is below zero.
    this.#head(length, 0, -1, 0xc4, 0xc5);
    this.#reserve(length);
    this.#bytes.set(content, this.#end);
    this.#end += length;
  }

  /** A timestamp of 12 bytes: nanoseconds, then seconds. */
  #date(ms: number): void {
    if (Number.isNaN(ms)) return this.#byte(0xc0);
    const seconds = Math.floor(ms / 1000);
    this.#reserve(15);
    this.#bytes.set([0xc7, 12, 0xff], this.#end);
    this.#bytes.writeUInt32BE((ms - seconds * 1000) * 1e6, this.#end + 3);
    this.#end = this.#bytes.writeBigInt64BE(BigInt(seconds), this.#end + 7);
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) {
      if (!Number.isFinite(value)) return this.#byte(0xc0);
      this.#reserve(9);
      this.#bytes[this.#end++] = 0xcb;
      this.#end = this.#bytes.writeDoubleBE(value, this.#end);
      return;
    }
    this.#reserve(9);
    const bytes = this.#bytes;
    const at = this.#end;
    if (value >= 0) {
      if (value < 0x80) this.#end = bytes.writeUInt8(value, at);
      else if (value < 0x100) this.#end = bytes.writeUInt8(value, tag(bytes, at, 0xcc));
      else if (value < 0x10000) this.#end = bytes.writeUInt16BE(value, tag(bytes, at, 0xcd));
      else if (value < 0x100000000) this.#end = bytes.writeUInt32BE(value, tag(bytes, at, 0xce));
      else this.#end = bytes.writeBigUInt64BE(BigInt(value), tag(bytes, at, 0xcf));
    } else if (value >= -0x20) this.#end = bytes.writeInt8(value, at);
    else if (value >= -0x80) this.#end = bytes.writeInt8(value, tag(bytes, at, 0xd0));
    else if (value >= -0x8000) this.#end = bytes.writeInt16BE(value, tag(bytes, at, 0xd1));
    else if (value >= -0x80000000) this.#end = bytes.writeInt32BE(value, tag(bytes, at, 0xd2));
    else this.#end = bytes.writeBigInt64BE(BigInt(value), tag(bytes, at, 0xd3));
  }

  #string(text: string): void {
    if (text.length <= SHORT_STRING_LENGTH || !isWellFormed(text)) {
      // The head's size depends on the bytes, which are known only afterwards for other than ASCII.
      this.#reserve(text.length * 3 + 5);
      const length = utf8Length(text);
      this.#head(length, 0xa0, 31, 0xd9, 0xda);
      this.#end = writeUtf8(this.#bytes, this.#end, text);
      return;
    }
    const length = Buffer.byteLength(text);
    this.#head(length, 0xa0, 31, 0xd9, 0xda);
    this.#reserve(length);
    this.#end += this.#bytes.write(text, this.#end);
  }

  /** The first bytes of a string, bin, array or map: a short form, then with 8, 16 or 32 bits of length. */
  #head(length: number, short: number, shortMax: number, tag8: number, tag16: number): void {
    this.#reserve(5);
    const bytes = this.#bytes;
    const at = this.#end;
    if (length <= shortMax) this.#end = bytes.writeUInt8(short | length, at);
    else if (tag8 !== 0 && length < 0x100) this.#end = bytes.writeUInt8(length, tag(bytes, at, tag8));
    else if (length < 0x10000) this.#end = bytes.writeUInt16BE(length, tag(bytes, at, tag16));
    else this.#end = bytes.writeUInt32BE(length, tag(bytes, at, tag16 + 1));
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#end++] = byte;
  }

  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#end + count));
    this.#bytes.copy(larger, 0, 0, this.#end);
    this.#bytes = larger;
  }
}

function tag(bytes: Buffer, at: number, value: number): number {
  bytes[at] = value;
  return at + 1;
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

function isWellFormed(text: string): boolean {
  // In Node 20; TypeScript knows it from its ES2024 library on.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

/** The bytes that {@link writeUtf8} takes. */
function utf8Length(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (isPair(text, index)) {
      length += 4;
      index++;
    } else length += 3;
  }
  return length;
}

/** UTF-8, in which a half of a surrogate pair that stands alone is written as the three bytes of its code point. */
function writeUtf8(bytes: Buffer, start: number, text: string): number {
  let at = start;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes[at++] = unit;
    } else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else if (isPair(text, index)) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (text.charCodeAt(++index) & 0x3ff);
      bytes[at++] = 0xf0 | (point >> 18);
      bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else {
      bytes[at++] = 0xe0 | (unit >> 12);
      bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[at++] = 0x80 | (unit & 0x3f);
    }
  }
  return at;
}

function isPair(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
}
