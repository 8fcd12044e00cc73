/** Longer strings are written by the engine, which then is faster than a loop. */
const SHORT_STRING_LENGTH = 32;

/**
 * Encodes JSON's types as MessagePack, for the wire format of Socket.IO's Redis adapters. The encoder that they
 * bring changes some values silently (integers from 2^64 on, halves of surrogate pairs); every value that this one
 * writes is read back unchanged by theirs.
 *
 * @see https://github.com/msgpack/msgpack/blob/master/spec.md
 */
export class MsgpackEncoder {
  #bytes = Buffer.allocUnsafeSlow(4096);
  #end = 0;

  /**
   * @param value built of null, booleans, numbers, strings, arrays and plain objects; `undefined` is null in an array
   *   and left out of an object, as in JSON
   * @throws TypeError for anything else; RangeError when it is nested too deep for the stack
   */
  encode(value: unknown): Buffer {
    this.#end = 0;
    this.#write(value);
    const encoded = Buffer.from(this.#bytes.subarray(0, this.#end));
    // One large event must not keep its memory for ever.
    if (this.#bytes.length > 1024 * 1024) this.#bytes = Buffer.allocUnsafeSlow(4096);
    return encoded;
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
        return this.#object(value as Record<string, unknown>);
      default:
        throw new TypeError(`MessagePack cannot carry a ${typeof value} as JSON would.`);
    }
  }

  #array(values: readonly unknown[]): void {
    this.#head(values.length, 0x90, 15, 0, 0xdc);
    for (const value of values) this.#write(value);
  }

  #object(object: Record<string, unknown>): void {
    let keys = Object.keys(object);
    if (keys.some((key) => object[key] === undefined)) keys = keys.filter((key) => object[key] !== undefined);
    this.#head(keys.length, 0x80, 15, 0, 0xde);
    for (const key of keys) {
      this.#string(key);
      this.#write(object[key]);
    }
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
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

  /** The first bytes of a string, array or map: a short form, then with 8, 16 or 32 bits of length. */
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

function isWellFormed(text: string): boolean {
  // In Node 20; TypeScript knows it from its ES2024 library on.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

/** The code point at `index`; a half of a surrogate pair that stands alone is a code point of its own. */
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
