import fc from 'fast-check';
import { isGatewayError, type GatewayErrorCode } from '../../../src/contract/index.js';
import { toJson, toPayload } from '../../../src/publishing/payload.js';
import { anyJson } from '../../support/arbitraries.js';
import { expectSame } from '../../support/expect-same.js';
import { everyKind, hostile, hostileProxy, revokedProxy } from '../../support/hostile.js';

const LIMIT = 64 * 1024;

function codeOf(data: unknown, maxBytes = LIMIT): GatewayErrorCode | 'none' {
  try {
    toPayload(data, maxBytes);
    return 'none';
  } catch (error) {
    if (isGatewayError(error)) return error.code;
    throw new Error('something else than a GatewayError was thrown', { cause: error });
  }
}

function nested(depth: number, leaf: unknown = 1): unknown {
  let value = leaf;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('toPayload', () => {
  it('gives what JSON.stringify makes of a value, or refuses it', () => {
    fc.assert(
      fc.property(fc.oneof(everyKind(), anyJson), (data) => {
        const code = codeOf(data);
        expect(['none', 'INVALID_EVENT', 'PAYLOAD_TOO_LARGE']).toContain(code);
        if (code !== 'none') return;
        const json = JSON.stringify(data ?? null);
        expectSame(JSON.parse(JSON.stringify(toPayload(data, LIMIT))), JSON.parse(json));
      }),
      { numRuns: 2000 },
    );
  });

  it('lets nothing else out, whatever a value does', () => {
    fc.assert(
      fc.property(hostile, (make) => {
        const data = make();
        for (const value of [data, [data], { data }, { toJSON: () => data }]) {
          expect(['none', 'INVALID_EVENT', 'PAYLOAD_TOO_LARGE']).toContain(codeOf(value));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('passes a value of JSON on as it is', () => {
    fc.assert(
      fc.property(anyJson, (data) => {
        if (codeOf(data) === 'none') expect(Object.is(toPayload(data, LIMIT), data)).toBe(true);
      }),
      { numRuns: 300 },
    );
    const proto: unknown = JSON.parse('{"__proto__":{"a":1}}');
    expect(toPayload(proto, LIMIT)).toBe(proto);
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });
    expect(toPayload(bare, LIMIT)).toBe(bare);
  });

  it('turns undefined into null', () => {
    expect(toPayload(undefined, LIMIT)).toBeNull();
    expect(toPayload(null, LIMIT)).toBeNull();
  });

  it('allows exactly maxPayloadBytes of JSON, on both ways', () => {
    fc.assert(
      fc.property(anyJson, fc.boolean(), (value, isPlain) => {
        // undefined makes it take the long way, and leaves no trace in the JSON.
        const data = isPlain ? [value] : [value, { a: undefined }];
        const bytes = Buffer.byteLength(JSON.stringify(data));
        expect(codeOf(data, bytes)).toBe('none');
        expect(codeOf(data, bytes - 1)).toBe('PAYLOAD_TOO_LARGE');
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['text', 'a'],
    ['escapes', '\u0001"\\\n'],
    ['two bytes', 'é'],
    ['three bytes', '€'],
    ['pairs', '😀'],
    ['halves of pairs', '\ud800'],
    ['the longest numbers', -0.0000012345678901234567],
    ['the longest exponents', -2.2250738585072014e-308],
    ['literals', false],
  ])('knows the size of many %s to the byte', (_, value) => {
    const data = Array.from({ length: 1000 }, () => value);
    const bytes = Buffer.byteLength(JSON.stringify(data));
    expect(codeOf(data, bytes)).toBe('none');
    expect(codeOf(data, bytes - 1)).toBe('PAYLOAD_TOO_LARGE');
  });

  it.each<[string, unknown]>([
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['a BigInt', 1n],
    ['a boxed BigInt', Object(1n)],
    ['a Buffer', Buffer.from('a')],
    ['a typed array', Float32Array.of(1)],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['a SharedArrayBuffer', new SharedArrayBuffer(1)],
    ['a DataView', new DataView(new ArrayBuffer(1))],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a WeakMap', new WeakMap()],
    ['a promise', Promise.resolve()],
    [
      'a Map of a subclass with a toJSON',
      new (class extends Map {
        toJSON = () => 1;
      })(),
    ],
    ['a toJSON that gives a Map', { toJSON: () => new Map() }],
    ['a toJSON that gives binary', { toJSON: () => Buffer.from('a') }],
    [
      'a toJSON that throws',
      {
        toJSON: () => {
          throw new Error('no');
        },
      },
    ],
    ['a toJSON that throws an error of ours', { toJSON: () => toPayload(1n, 1) }],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('no');
        },
      },
    ],
    ['a revoked proxy', revokedProxy()],
    ['a revoked proxy of an array', revokedProxy([])],
    ['a proxy that throws', hostileProxy()],
  ])('refuses %s, wherever it is', (_, value) => {
    for (const data of [value, [value], { a: { b: value } }, nested(100, value)]) {
      expect(codeOf(data)).toBe('INVALID_EVENT');
    }
  });

  it('refuses a payload that is nothing in JSON', () => {
    expect(codeOf({ toJSON: () => undefined })).toBe('INVALID_EVENT');
  });

  it.each<[string, unknown, unknown]>([
    [
      'class instances',
      new (class {
        a = 1;
        #b = 2;
        get c() {
          return this.#b;
        }
      })(),
      { a: 1 },
    ],
    ['dates', [new Date(0), new Date(NaN)], ['1970-01-01T00:00:00.000Z', null]],
    ['holes and undefined', Object.assign(new Array(3), { 1: undefined, 2: 1 }), [null, null, 1]],
    ['members that are undefined', { a: undefined, b: 1 }, { b: 1 }],
    ['numbers that are none', [NaN, Infinity, -Infinity, -0], [null, null, null, 0]],
    ['boxed values', [Object('a'), Object(1), Object(true)], ['a', 1, true]],
    ['regular expressions and errors', [/a/, new Error('a')], [{}, {}]],
    ['inherited members', Object.create({ a: 1 }), {}],
    ['hidden members', Object.defineProperty({ b: 1 }, 'a', { value: 1 }), { b: 1 }],
    ['symbols as keys', { [Symbol('a')]: 1, b: 1 }, { b: 1 }],
    ['toJSON with the key', { a: { toJSON: (key: string) => key } }, { a: 'a' }],
    ['a toJSON that is no function', { toJSON: 1 }, { toJSON: 1 }],
    [
      'arrays with an iterator of their own',
      Object.assign([1], { [Symbol.iterator]: () => [][Symbol.iterator]() }),
      [1],
    ],
    ['proxies', new Proxy({ a: [1] }, {}), { a: [1] }],
    ['proxies of arrays', new Proxy([1, { b: 2 }], {}), [1, { b: 2 }]],
    ['shared members', ((shared) => [shared, shared])({ a: 1 }), [{ a: 1 }, { a: 1 }]],
  ])('takes %s as JSON does', (_, data, expected) => {
    expectSame(JSON.parse(JSON.stringify(toPayload(data, LIMIT))), expected);
  });

  it('allows 500 levels on both ways', () => {
    for (const leaf of [1, undefined]) {
      expect(codeOf(nested(500, leaf))).toBe('none');
      expect(codeOf(nested(501, leaf))).toBe('INVALID_EVENT');
      expect(codeOf(nested(20_000, leaf))).toBe('INVALID_EVENT');
    }
  });

  it('tells a circular structure from one that is too large', () => {
    const circle: Record<string, unknown> = { text: 'a'.repeat(1000) };
    circle['inner'] = { circle };
    expect(codeOf(circle)).toBe('INVALID_EVENT');
    const row: unknown[] = [];
    row.push(row);
    expect(codeOf(row)).toBe('INVALID_EVENT');
  });

  it('ends quickly on structures that are far larger than they look', () => {
    let doubled: unknown = ['a'];
    for (let level = 0; level < 60; level++) doubled = [doubled, doubled];
    let left: unknown = { a: undefined };
    for (let level = 0; level < 60; level++) left = { left, right: left };
    const text = 'a'.repeat(1_000_000);
    const endless = {
      get next(): unknown {
        return endless;
      },
    };
    const bottomless = {
      get next(): unknown {
        return Object.create(bottomless, { own: { get: () => bottomless.next, enumerable: true } }) as object;
      },
    };
    const started = performance.now();
    expect(codeOf(doubled)).toBe('PAYLOAD_TOO_LARGE');
    expect(codeOf(left)).toBe('PAYLOAD_TOO_LARGE');
    expect(codeOf(Array.from({ length: 1_000_000 }, () => text))).toBe('PAYLOAD_TOO_LARGE');
    expect(codeOf([undefined, ...Array.from({ length: 60_000 }, () => text)])).toBe('PAYLOAD_TOO_LARGE');
    expect(codeOf(new Array(1_000_000))).toBe('PAYLOAD_TOO_LARGE');
    expect(codeOf(new Array(2 ** 32 - 1))).not.toBe('none');
    expect(codeOf(endless)).toBe('INVALID_EVENT');
    expect(codeOf(bottomless)).toBe('INVALID_EVENT');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('names no part of the payload in its messages', () => {
    const marker = 'secret-marker';
    for (const data of [{ [marker]: 1n }, { a: [marker, () => 1] }, marker.repeat(10_000)]) {
      const error = thrownBy(() => toPayload(data, LIMIT));
      expect(error).toMatchObject({ name: 'GatewayError' });
      expect(String(error)).not.toContain(marker);
    }
  });
});

describe('toJson', () => {
  const outcomeOf = (action: () => unknown): unknown => {
    try {
      return action();
    } catch (error) {
      if (isGatewayError(error)) return error.code;
      throw new Error('something else than a GatewayError was thrown', { cause: error });
    }
  };

  it('is exactly what JSON.stringify gives, where toPayload refuses nothing', () => {
    fc.assert(
      fc.property(fc.oneof(everyKind(), anyJson), (data) => {
        const code = codeOf(data);
        const json = outcomeOf(() => toJson(data, LIMIT));
        expect(json).toBe(code === 'none' ? JSON.stringify(data ?? null) : code);
      }),
      { numRuns: 2000 },
    );
  });

  it('lets nothing else out, whatever a value does', () => {
    fc.assert(
      fc.property(hostile, (make) => {
        const data = make();
        for (const value of [data, [data], { data }, { toJSON: () => data }]) {
          expect(typeof outcomeOf(() => toJson(value, LIMIT))).toBe('string');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('allows exactly maxPayloadBytes, on both ways', () => {
    fc.assert(
      fc.property(anyJson, fc.boolean(), (value, isPlain) => {
        const data = isPlain ? [value] : [value, { a: undefined }];
        const json = JSON.stringify(data);
        const bytes = Buffer.byteLength(json);
        expect(outcomeOf(() => toJson(data, bytes))).toBe(json);
        expect(outcomeOf(() => toJson(data, bytes - 1))).toBe('PAYLOAD_TOO_LARGE');
      }),
      { numRuns: 1000 },
    );
  });

  it('allows 500 levels on both ways', () => {
    let flat: unknown[] = [];
    for (let level = 1; level < 501; level++) flat = [flat];
    for (const leaf of [1, undefined]) {
      expect(outcomeOf(() => toJson(nested(500, leaf), LIMIT))).toBe(JSON.stringify(nested(500, leaf)));
      expect(outcomeOf(() => toJson(nested(501, leaf), LIMIT))).toBe('INVALID_EVENT');
    }
    // The shortest text of so many levels, on the long way.
    expect(outcomeOf(() => toJson(new Proxy(flat, {}), LIMIT))).toBe('INVALID_EVENT');
  });

  it('refuses what changes into nothing between two looks', () => {
    let reads = 0;
    const turncoat = Object.defineProperty({}, 'toJSON', {
      get: () => (reads++ === 0 ? undefined : () => undefined),
    });
    expect(outcomeOf(() => toJson(turncoat, LIMIT))).toBe('INVALID_EVENT');
  });
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
