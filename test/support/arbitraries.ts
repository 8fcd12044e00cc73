import fc from 'fast-check';

/** Strings of any UTF-16 code units: halves of surrogate pairs, control characters, U+FFFD. */
export const anyString: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd7f0, max: 0xe00f })))
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toJSON',
    'length',
    '\ufffd',
    '\ud800\ufffd',
    '\udc00\ud800',
    '0',
  ),
);

const anyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
  fc
    .tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => 2 ** power + off),
  fc
    .tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => off - 2 ** power),
  fc.constantFrom(-0, Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_VALUE),
);

/** Objects and arrays in each other around what JSON has; keys named `__proto__` are properties of their own. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), anyNumber, anyString),
    fc.array(tie('value')),
    fc.array(fc.tuple(anyString, tie('value'))).map(objectOf),
  ),
})).value;

/** As `Object.fromEntries`: a key named `__proto__` becomes a property. */
function objectOf(entries: [string, unknown][]): object {
  return Object.fromEntries(entries);
}
