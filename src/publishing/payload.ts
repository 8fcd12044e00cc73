import { types } from 'node:util';
import { GatewayError } from '../contract/index.js';

/** What is nested deeper is refused here, where the caller learns of it: other servers would not read it. */
const MAX_DEPTH = 500;

/**
 * Turns what an application emits into what its receivers get: exactly what `JSON.stringify` makes of it.
 *
 * @param maxBytes the largest JSON allowed, in bytes of UTF-8
 * @returns a value that consists of JSON's types only; it is `data` itself when that already does
 * @throws INVALID_EVENT for what JSON would lose silently or cannot hold: binary, Map, Set, BigInt, functions,
 *   symbols, circular structures, more than 500 levels; PAYLOAD_TOO_LARGE. Nothing else, whatever `data` does.
 */
export function toPayload(data: unknown, maxBytes: number): unknown {
  if (data === undefined || data === null) return null;
  try {
    const left = walk(data, maxBytes, 0);
    if (left < 0) return parseShallow(convert(data, maxBytes));
    // The walk has counted characters; only the JSON itself knows its escapes and its bytes.
    if ((maxBytes - left) * MOST_BYTES_PER_CHAR > maxBytes) requireSize(JSON.stringify(data), maxBytes);
    return data;
  } catch (cause) {
    throw refusal(cause);
  }
}

/**
 * The same as text: exactly what `JSON.stringify` gives, `null` for undefined.
 *
 * @throws as {@link toPayload}
 */
export function toJson(data: unknown, maxBytes: number): string {
  if (data === undefined || data === null) return 'null';
  try {
    if (walk(data, maxBytes, 0) >= 0) {
      const json = requireText(JSON.stringify(data));
      requireSize(json, maxBytes);
      return json;
    }
    const json = convert(data, maxBytes);
    // A level takes two characters at least, so most need not be looked at.
    if (json.length > 2 * MAX_DEPTH) parseShallow(json);
    return json;
  } catch (cause) {
    throw refusal(cause);
  }
}

/** Of whatever was thrown, an error of ours. */
function refusal(cause: unknown): GatewayError {
  return Refusal.is(cause) ? cause : unserialisable(cause);
}

/** An error of ours on its way through code that throws whatever it likes, such as an application's toJSON. */
class Refusal extends GatewayError {
  readonly #isOurs = true;

  /** Touches nothing of what was thrown: it may be a proxy that throws in its turn. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === 'object' && thrown !== null && #isOurs in thrown && thrown.#isOurs;
  }
}

/** As many characters a number takes here; it has up to 25 as JSON. */
const NUMBER_CHARS = 5;

/** A character of the walk becomes at most so many bytes: an escape such as \u0000, and a number five times its share. */
const MOST_BYTES_PER_CHAR = 6;

/** What the walk returns for a value that it is not for. */
const NOT_PLAIN = -1;

/**
 * Walks a value once: is it made of JSON's types alone, so that stringifying it would change nothing? Most payloads
 * are, and are sent as they are. Its budget ends the walk of a structure that is larger than most payloads may be, a
 * small one included that refers to itself many times.
 *
 * @param left how many characters it may have, about
 * @returns how many are left; {@link NOT_PLAIN} when it is not, or has more
 */
function walk(value: unknown, left: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return left - value.length - 2;
    case 'number':
      return Number.isFinite(value) ? left - NUMBER_CHARS : NOT_PLAIN;
    case 'boolean':
      return left - 5;
    case 'object':
      if (value === null) return left - 4;
      if (depth === MAX_DEPTH || hasToJson(value)) return NOT_PLAIN;
      return Array.isArray(value)
        ? walkArray(value, left - 2, depth + 1)
        : walkObject(value as Record<string, unknown>, left - 2, depth + 1);
    default:
      return NOT_PLAIN;
  }
}

function walkArray(values: unknown[], budget: number, depth: number): number {
  let left = budget;
  // By index, as JSON does it. A hole reads as undefined, which is not plain: JSON writes null for it.
  for (let index = 0; index < values.length && left >= 0; index++) {
    left = walk(values[index], left - 1, depth);
  }
  return left;
}

function walkObject(object: Record<string, unknown>, budget: number, depth: number): number {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) return NOT_PLAIN;
  let left = budget;
  // What Object.prototype was given is walked too, and not written: at worst the long way is taken.
  for (const key in object) {
    left = walk(object[key], left - key.length - 4, depth);
    if (left < 0) return NOT_PLAIN;
  }
  return left;
}

function hasToJson(value: object): boolean {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

/** The long way, for what is not plain, or circular, or too large: JSON.stringify knows which. */
function convert(data: unknown, maxBytes: number): string {
  let atLeast = 0;
  const text = JSON.stringify(data, function (this: Record<string, unknown>, key, value: unknown) {
    // Values that are left out count as well, so that the walk ends.
    atLeast += typeof value === 'string' ? value.length + 2 : 1;
    if (atLeast > maxBytes) throw tooLarge(maxBytes);
    // Before toJSON and after it: that of a Buffer hides what it is.
    requireJsonType(this[key]);
    requireJsonType(value);
    return value;
  }) as string | undefined;
  const json = requireText(text);
  requireSize(json, maxBytes);
  return json;
}

function parseShallow(json: string): unknown {
  const payload: unknown = JSON.parse(json);
  requireDepth(payload, 0);
  return payload;
}

function requireText(json: string | undefined): string {
  if (json === undefined) throw new Refusal('INVALID_EVENT', 'The payload turns into nothing as JSON.');
  return json;
}

function requireJsonType(value: unknown): void {
  const type = typeof value;
  if (type === 'function' || type === 'symbol' || type === 'bigint') throw noJson(`a ${type}`);
  if (type !== 'object' || value === null) return;
  if (types.isMap(value) || types.isSet(value)) throw noJson('a Map or Set');
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) throw noJson('binary data');
  if (types.isWeakMap(value) || types.isWeakSet(value) || types.isPromise(value))
    throw noJson('a Promise, WeakMap or WeakSet');
}

function requireSize(json: string, maxBytes: number): void {
  if (json.length <= maxBytes && (json.length * 3 <= maxBytes || Buffer.byteLength(json) <= maxBytes)) return;
  throw tooLarge(maxBytes);
}

function requireDepth(payload: unknown, depth: number): void {
  if (typeof payload !== 'object' || payload === null) return;
  if (depth === MAX_DEPTH) {
    throw new Refusal(
      'INVALID_EVENT',
      `The payload is nested more than ${MAX_DEPTH} deep. Flatten it first.`,
    );
  }
  for (const value of Object.values(payload)) requireDepth(value, depth + 1);
}

function noJson(what: string): Refusal {
  return new Refusal(
    'INVALID_EVENT',
    `The payload contains ${what}, which JSON cannot carry. Convert it first, to an array, an object or a string.`,
  );
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(
    'PAYLOAD_TOO_LARGE',
    `The payload is larger than ${maxBytes} bytes as JSON. Send a reference to it, or raise maxPayloadBytes.`,
  );
}

function unserialisable(cause: unknown): GatewayError {
  return new GatewayError(
    'INVALID_EVENT',
    'The payload cannot be turned into JSON: it is circular, too deep, or its toJSON or a getter throws.',
    { cause },
  );
}
