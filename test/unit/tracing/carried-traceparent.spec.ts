import fc from 'fast-check';
import { carry, isTraceparent, traceparentIn, withoutCarried } from '../../../src/tracing/index.js';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
    .filter((digits) => /[^0]/.test(digits));
const anyTraceparent = fc
  .tuple(hex(32), hex(16), fc.integer({ min: 0, max: 255 }))
  .map(([trace, span, flags]) => `00-${trace}-${span}-${flags.toString(16).padStart(2, '0')}`);

/** Names and payloads that look like what they could be taken for. */
const tricky = fc.oneof(
  fc.string({ unit: 'binary' }),
  anyTraceparent,
  anyTraceparent.map((text) => ` ,"${text}"`),
  fc.string({ maxLength: 3 }).map((start) => `${start} ,`),
  fc.string({ minLength: 50, maxLength: 60 }),
);
const anyData = fc
  .tuple(tricky, fc.oneof(tricky, fc.jsonValue()))
  .map(([name, payload]) => `${JSON.stringify(name)},${JSON.stringify(payload)}`);

describe('What data carries', () => {
  it('is found again, and leaves the data as it was, whatever that is', () => {
    fc.assert(
      fc.property(anyData, anyTraceparent, (data, traceparent) => {
        const carried = carry(data, traceparent);
        expect(carried).toHaveLength(data.length + 59);
        expect(traceparentIn(carried)).toBe(traceparent);
        expect(withoutCarried(carried)).toBe(data);
        expect(JSON.parse(`[${carried}]`)).toEqual([...(JSON.parse(`[${data}]`) as unknown[]), traceparent]);
      }),
    );
  });

  it('is never seen in data that carries nothing, whatever that is', () => {
    fc.assert(
      fc.property(anyData, (data) => {
        expect(traceparentIn(data)).toBeUndefined();
        expect(withoutCarried(data)).toBe(data);
        expect(carry(data, undefined)).toBe(data);
      }),
    );
  });

  it('is a payload where it stands in the place of one', () => {
    const data = `"event","${TRACEPARENT}"`;
    expect(withoutCarried(data)).toBe(data);
    expect(withoutCarried(`"name ,","${'x'.repeat(53)}"`)).toBe(`"name ,","${'x'.repeat(53)}"`);
  });

  it.each([
    ['of another version', TRACEPARENT.replace(/^00/, '01')],
    ['in capitals', TRACEPARENT.toUpperCase()],
    ['of no trace', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['of no span', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['anything of its length', 'x'.repeat(55)],
  ])('is taken off and ignored when it is no traceparent: %s', (_, broken) => {
    const data = `"event",{"n":1} ,"${broken}"`;
    expect(withoutCarried(data)).toBe('"event",{"n":1}');
    expect(traceparentIn(data)).toBeUndefined();
  });

  it('is not what is none', () => {
    expect(carry('"event",1', 'nonsense')).toBe('"event",1');
    for (const value of [`${TRACEPARENT}0`, `${TRACEPARENT}\n`, '', 7, null, [TRACEPARENT]])
      expect(isTraceparent(value)).toBe(false);
    expect(isTraceparent(TRACEPARENT)).toBe(true);
  });
});
