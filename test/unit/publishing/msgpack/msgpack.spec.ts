import fc from 'fast-check';
import notepack from 'notepack.io';
import { MsgpackDecoder, MsgpackEncoder } from '../../../../src/publishing/msgpack/index.js';
import { anyJson, anyString } from '../../../support/arbitraries.js';
import { expectSame } from '../../../support/expect-same.js';

const encoder = new MsgpackEncoder();
const decoder = new MsgpackDecoder();

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const readBack = (value: unknown): unknown => decoder.decode(encoder.encode(value));

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

describe('MessagePack', () => {
  it('reads back every JSON value', () => {
    fc.assert(
      fc.property(anyJson, (value) => expectSame(readBack(value), asJson(value))),
      { numRuns: 500 },
    );
  });

  it('reads back every string, as a value and as a key', () => {
    fc.assert(
      fc.property(anyString, (text) => expectSame(readBack({ [text]: text }), asJson({ [text]: text }))),
      { numRuns: 2000 },
    );
  });

  it.each([0, 1, 10, 11, 12, 31, 32, 33, 85, 86, 255, 256, 21_845, 21_846, 65_535, 65_536, 300_000])(
    'reads back strings of %i characters, whatever they take in bytes',
    (length) => {
      for (const unit of ['a', 'é', '€', '\ud83d', '\ufffd']) {
        const text = unit.repeat(length);
        expect(readBack(text) === text).toBe(true);
        const mixed = `${'a'.repeat(length)}${unit}`;
        expect(readBack(mixed) === mixed).toBe(true);
      }
    },
  );

  it.each([15, 16, 65_535, 65_536, 70_000])('reads back arrays and objects of %i entries', (length) => {
    const values = Array.from({ length }, (_, index) => index);
    expectSame(readBack(values), values);
    const object = Object.fromEntries(values.map((index) => [`key ${index}`, index]));
    expectSame(readBack(object), object);
  });

  it('reads back a value that is 1,000 deep, and refuses a deeper one', () => {
    expectSame(readBack(nested(1000)), nested(1000));
    expect(() => readBack(nested(1001))).toThrow('nested more than 1000 deep');
  });

  it('writes what JSON.stringify writes for undefined, functions, -0, NaN, toJSON and sparse arrays', () => {
    // eslint-disable-next-line no-sparse-arrays -- holes are what is tested
    const value = { a: undefined, b: [undefined, , -0, NaN, Infinity], c: () => 1, d: { toJSON: () => [1] } };
    const read = readBack(value);
    expectSame(read, asJson(value));
    expect(Object.is((read as { b: unknown[] }).b[2], 0)).toBe(true);
  });

  it('writes an array by its indices, whatever its iterator says', () => {
    const liar = Object.assign([1, 2, 3], { [Symbol.iterator]: () => [][Symbol.iterator]() });
    expect(readBack([liar, 4])).toEqual([[1, 2, 3], 4]);
  });

  it('can encode within a toJSON that it calls', () => {
    const value = { a: 'before', b: { toJSON: () => readBack(['inner', 'x'.repeat(10_000)]) }, c: 'after' };
    expectSame(readBack(value), { a: 'before', b: ['inner', 'x'.repeat(10_000)], c: 'after' });
  });

  it('can encode after a value that failed', () => {
    expect(() => encoder.encode({ a: 1n })).toThrow(TypeError);
    expect(readBack([1])).toEqual([1]);
  });

  it('carries the binary and the dates that applications emit by themselves', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.date({ noInvalidDate: true }), (bytes, date) => {
        const read = readBack([Buffer.from(bytes), bytes, bytes.slice().buffer, date, new Date(NaN)]);
        const buffer = Buffer.from(bytes);
        expect(read).toEqual([buffer, buffer, buffer, date, null]);
        expect(notepack.decode(encoder.encode(date))).toEqual(date);
      }),
    );
    expect(readBack(Float64Array.of(1.5))).toEqual(Buffer.from(Float64Array.of(1.5).buffer));
    for (const length of [255, 256, 65_535, 65_536]) {
      expect(readBack(Buffer.alloc(length, 7))).toEqual(Buffer.alloc(length, 7));
    }
  });
});

describe('MessagePack beside notepack', () => {
  // The documented exceptions: what notepack cannot read.
  const isForNotepack = (value: unknown): boolean => {
    const json = JSON.stringify(value);
    return !/\\ud[89a-f]/i.test(json) && !json.includes('__proto__');
  };

  it('is read by notepack as it was written', () => {
    fc.assert(
      fc.property(anyJson.filter(isForNotepack), (value) =>
        expectSame(notepack.decode(encoder.encode(value)), asJson(value)),
      ),
      { numRuns: 300 },
    );
  });

  it('reads whatever notepack writes as notepack does', () => {
    const extra = fc.oneof(
      fc.date({ noInvalidDate: true }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(anyJson.filter(isForNotepack), extra)), (value) => {
        const bytes = notepack.encode(value);
        const read = decoder.decode(bytes);
        // notepack writes integers from 2^64 on wrongly; what it wrote is read alike.
        expectSame(read, notepack.decode(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['d40000', undefined],
    ['d7ff000000006553f100', new Date(1_700_000_000_000)],
    ['d6ff6553f100', new Date(1_700_000_000_000)],
    ['d70000000187d7e4a800', new Date(0x187d7e4a800)],
    ['d700ffffffffffffffff', new Date(-1)],
    ['c70cff1dcd6500ffffffffffffffff', new Date(-500)],
    ['c70300010203', Uint8Array.of(1, 2, 3).buffer],
    ['c8000300010203', Uint8Array.of(1, 2, 3).buffer],
    ['c90000000300010203', Uint8Array.of(1, 2, 3).buffer],
    ['c70000', new ArrayBuffer(0)],
    ['d401ff', [1, Buffer.from([255])]],
    ['d50000ff', [0, Buffer.from([0, 255])]],
    ['d805' + '00'.repeat(16), [5, Buffer.alloc(16)]],
    ['ca3fc00000', 1.5],
    ['cfffffffffffffffff', 2 ** 64],
    ['d38000000000000000', -(2 ** 63)],
  ])('reads the older and the rarer form %s as notepack does', (hex, expected) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(decoder.decode(bytes)).toStrictEqual(expected);
    expect(notepack.decode(bytes)).toStrictEqual(expected);
  });
});

describe('MsgpackDecoder, given anything', () => {
  /** Whether it was read; anything but a value or an Error fails the test. */
  function attempt(bytes: Buffer): boolean {
    try {
      decoder.decode(bytes);
      return true;
    } catch (error) {
      if (!(error instanceof Error))
        throw new TypeError('something else than an Error was thrown', { cause: error });
      return false;
    }
  }

  it('makes a key named __proto__ a property', () => {
    const read = readBack(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(Object.keys(read)).toEqual(['__proto__']);
    expect('polluted' in read).toBe(false);
  });

  it.each(['', 'c1', 'c0c0', '81c0c0', '8101c0', '8190c0', 'a2ff', '92c0', 'cb00', 'd6ff00'])(
    'refuses %p',
    (hex) => expect(attempt(Buffer.from(hex, 'hex'))).toBe(false),
  );

  it('does not set memory aside for lengths that the message only claims', () => {
    const heads = [
      'ddffffffff',
      'dfffffffff',
      'dbffffffff',
      'c6ffffffff',
      'c9ffffffff00',
      'dcffff',
      'c9ffffffffff',
    ];
    for (const head of heads) {
      for (const padding of [0, 1, 1000]) {
        const bytes = Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(padding)]);
        expect(attempt(bytes)).toBe(false);
      }
    }
    // Arrays within arrays, each of which claims everything that remains.
    const bytes = Buffer.alloc(4 * 1024 * 1024);
    for (let depth = 0; depth < 1000; depth++) {
      bytes[depth * 5] = 0xdd;
      bytes.writeUInt32BE(bytes.length - depth * 5 - 5, depth * 5 + 1);
    }
    bytes[5000] = 0xc1;
    const before = process.memoryUsage();
    expect(attempt(bytes)).toBe(false);
    const after = process.memoryUsage();
    expect(after.heapTotal + after.arrayBuffers - before.heapTotal - before.arrayBuffers).toBeLessThan(64e6);
  });

  it('refuses depth instead of using up the stack', () => {
    for (const byte of [0x91, 0x81, 0xdd]) expect(attempt(Buffer.alloc(5_000_000, byte))).toBe(false);
    const maps = Buffer.from('81a161'.repeat(1_000_000), 'hex');
    expect(() => decoder.decode(maps)).toThrow('nested more than 1000 deep');
  });

  it('ends with a value or an Error for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        attempt(Buffer.from(bytes));
      }),
      { numRuns: 10_000 },
    );
  });

  it('refuses every truncation, and survives every changed byte, of any message', () => {
    fc.assert(
      fc.property(
        fc.array(anyJson),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        fc.nat(),
        (value, changes, cut) => {
          const bytes = encoder.encode(value);
          expect(attempt(bytes.subarray(0, cut % bytes.length))).toBe(false);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          attempt(bytes);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads in time in proportion to the message', () => {
    const started = performance.now();
    attempt(Buffer.alloc(1_000_000, 0xed));
    attempt(encoder.encode('\ud800'.repeat(300_000)));
    attempt(encoder.encode('\ufffd'.repeat(300_000)));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
