import { types } from 'node:util';
import { GatewayError } from '../contract/index.js';

/** Deeper structures take the slower of the two ways; JSON.stringify refuses what is too deep for its stack. */
const MAX_FAST_DEPTH = 32;

/**
 * Turns what an application emits into what its receivers get: exactly what `JSON.stringify` makes of it.
 *
 * @param maxBytes the largest JSON allowed, in bytes of UTF-8
 * @returns a value that consists of JSON's types only; it is `data` itself when that already does
 * @throws INVALID_EVENT for what JSON would lose silently or cannot hold: binary, Map, Set, BigInt, functions,
 *   symbols, circular structures; PAYLOAD_TOO_LARGE
 */
export function toPayload(data: unknown, maxBytes: number): unknown {
  if (data === undefined || data === null) return null;
  const scan = new Scan(maxBytes);
  if (scan.isPlain(data, 0)) {
    // The scan has counted characters; only the JSON itself knows its escapes and its bytes.
    if (scan.mayBeLarge) requireSize(JSON.stringify(data), maxBytes);
    return data;
  }
  const json = stringifyStrictly(data, maxBytes);
  requireSize(json, maxBytes);
  return JSON.parse(json);
}

/**
 * Walks a value once: is it made of JSON's types alone, so that stringifying it would change nothing? Most payloads
 * are, and are sent as they are. Its budget ends the walk of a structure that is larger than any payload may be, a
 * small one included that refers to itself many times.
 */
class Scan {
  readonly #maxBytes: number;
  #atLeast = 0;
  #atMost = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the JSON could be larger than allowed, as far as the walk can tell. */
  get mayBeLarge(): boolean {
    return this.#atMost > this.#maxBytes;
  }

  isPlain(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        this.#count(value.length + 2, value.length * 6 + 2);
        return true;
      case 'number':
        this.#count(1, 24);
        return Number.isFinite(value);
      case 'boolean':
        this.#count(4, 5);
        return true;
      case 'object':
        if (value === null) {
          this.#count(4, 4);
          return true;
        }
        return depth < MAX_FAST_DEPTH && this.#isPlainObject(value, depth);
      default:
        return false;
    }
  }

  #isPlainObject(value: object, depth: number): boolean {
    this.#count(2, 2);
    let isFirst = true;
    if (Array.isArray(value)) {
      // A hole reads as undefined, which is not plain: JSON writes null for it.
      for (const element of value as unknown[]) {
        if (!isFirst) this.#count(1, 1);
        isFirst = false;
        if (!this.isPlain(element, depth + 1)) return false;
      }
      return !('toJSON' in value);
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return false;
    for (const key in value) {
      if (!Object.hasOwn(value, key) || key === '__proto__') return false;
      this.#count(key.length + (isFirst ? 3 : 4), key.length * 6 + 4);
      isFirst = false;
      if (!this.isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
    }
    return !('toJSON' in value);
  }

  #count(atLeast: number, atMost: number): void {
    this.#atLeast += atLeast;
    this.#atMost += atMost;
    if (this.#atLeast > this.#maxBytes) throw tooLarge(this.#maxBytes);
  }
}

function stringifyStrictly(data: unknown, maxBytes: number): string {
  let values = 0;
  try {
    const json = JSON.stringify(data, function (this: Record<string, unknown>, key, value: unknown) {
      // Each value takes at least one byte, and values that are left out end too.
      if (++values > maxBytes + 1) throw tooLarge(maxBytes);
      if (key === '__proto__') refuse("a key '__proto__'");
      requireJsonType(this[key]);
      requireJsonType(value);
      return value;
    }) as string | undefined;
    if (json === undefined)
      throw new GatewayError('INVALID_EVENT', 'The payload turns into nothing as JSON.');
    return json;
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError(
      'INVALID_EVENT',
      'The payload cannot be turned into JSON: it is circular, too deep, or its toJSON or a getter throws.',
      { cause },
    );
  }
}

function requireJsonType(value: unknown): void {
  const type = typeof value;
  if (type === 'function' || type === 'symbol' || type === 'bigint') refuse(`a ${type}`);
  if (type !== 'object' || value === null) return;
  if (types.isMap(value) || types.isSet(value)) refuse('a Map or Set');
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) refuse('binary data');
  if (types.isWeakMap(value) || types.isWeakSet(value) || types.isPromise(value))
    refuse('a Promise, WeakMap or WeakSet');
}

function refuse(what: string): never {
  throw new GatewayError(
    'INVALID_EVENT',
    `The payload contains ${what}, which JSON cannot carry. Convert it first, to an array, an object or a string.`,
  );
}

function requireSize(json: string, maxBytes: number): void {
  if (json.length <= maxBytes && (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes)) return;
  throw tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'PAYLOAD_TOO_LARGE',
    `The payload is larger than ${maxBytes} bytes as JSON. Send a reference to it, or raise maxPayloadBytes.`,
  );
}
