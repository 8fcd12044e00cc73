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
  return refusing(() => {
    const scan = new Scan(maxBytes);
    if (!scan.isPlain(data, 0)) return parseShallow(convert(data, maxBytes));
    // The scan has counted characters; only the JSON itself knows its escapes and its bytes.
    if (scan.mayBeLarge) requireSize(JSON.stringify(data), maxBytes);
    return data;
  });
}

/**
 * The same as text: exactly what `JSON.stringify` gives, `null` for undefined.
 *
 * @throws as {@link toPayload}
 */
export function toJson(data: unknown, maxBytes: number): string {
  if (data === undefined || data === null) return 'null';
  return refusing(() => {
    if (new Scan(maxBytes).isPlain(data, 0)) {
      const json = requireText(JSON.stringify(data));
      requireSize(json, maxBytes);
      return json;
    }
    const json = convert(data, maxBytes);
    // A level takes two characters at least, so most need not be looked at.
    if (json.length > 2 * MAX_DEPTH) parseShallow(json);
    return json;
  });
}

/** Lets only errors of ours out. */
function refusing<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw Refusal.is(cause) ? cause : unserialisable(cause);
  }
}

/** An error of ours on its way through code that throws whatever it likes, such as an application's toJSON. */
class Refusal extends GatewayError {
  readonly #isOurs = true;

  /** Touches nothing of what was thrown: it may be a proxy that throws in its turn. */
  static is(thrown: unknown): thrown is Refusal {
    return typeof thrown === 'object' && thrown !== null && #isOurs in thrown && thrown.#isOurs;
  }
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
        return this.#fits(value.length + 2, value.length * 6 + 2);
      case 'number':
        // The longest: -0.0000012345678901234567
        return Number.isFinite(value) && this.#fits(1, 25);
      case 'boolean':
        return this.#fits(4, 5);
      case 'object':
        if (value === null) return this.#fits(4, 4);
        if (depth === MAX_DEPTH || hasToJson(value) || !this.#fits(2, 2)) return false;
        return Array.isArray(value)
          ? this.#isPlainArray(value, depth + 1)
          : this.#isPlainObject(value as Record<string, unknown>, depth + 1);
      default:
        return false;
    }
  }

  #isPlainArray(values: unknown[], depth: number): boolean {
    // By index, as JSON does it. A hole reads as undefined, which is not plain: JSON writes null for it.
    for (let index = 0; index < values.length; index++) {
      if (!this.#fits(index > 0 ? 1 : 0, 1) || !this.isPlain(values[index], depth)) return false;
    }
    return true;
  }

  #isPlainObject(object: Record<string, unknown>, depth: number): boolean {
    const prototype: unknown = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) return false;
    let comma = 0;
    for (const key in object) {
      if (!Object.hasOwn(object, key) || !this.#fits(key.length + 3 + comma, key.length * 6 + 4))
        return false;
      comma = 1;
      if (!this.isPlain(object[key], depth)) return false;
    }
    return true;
  }

  #fits(atLeast: number, atMost: number): boolean {
    this.#atLeast += atLeast;
    this.#atMost += atMost;
    return this.#atLeast <= this.#maxBytes;
  }
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
