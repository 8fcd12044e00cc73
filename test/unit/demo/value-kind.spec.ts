import fc from 'fast-check';
import { Kind, ValueReader } from '../../../src/demo/importer/value-kind.js';

function kindOf(value: string): string | undefined {
  const kind = new ValueReader().read(value);
  return Object.entries(Kind).find(([, number]) => number === kind)?.[0];
}

describe('ValueReader', () => {
  it.each([
    ['', 'empty'],
    ['0', 'integer'],
    ['-12', 'integer'],
    ['+7', 'integer'],
    ['3.14', 'number'],
    ['.5', 'number'],
    ['5.', 'number'],
    ['-1e-7', 'number'],
    ['1e400', 'text'],
    ['1e', 'text'],
    ['-', 'text'],
    ['.', 'text'],
    ['1,000', 'text'],
    ['0x10', 'text'],
    ['Infinity', 'text'],
    ['NaN', 'text'],
    ['00501', 'code'],
    ['4111111111111111', 'code'],
    ['true', 'boolean'],
    ['No', 'boolean'],
    ['nope', 'text'],
    ['2024-02-29', 'date'],
    ['2023-02-29', 'text'],
    ['2015/01/01 01:00:00', 'date'],
    ['2010-01-01T01:00:00', 'date'],
    ['2010-01-01T01:00:00.123+02:00', 'date'],
    ['Jan 1 2000', 'date'],
    ['1 January 2000', 'date'],
    ['Jab 1 2000', 'text'],
    ['12/31/1999', 'date'],
    ['31/12/1999', 'date'],
    ['31.12.1999', 'date'],
    ['99/99/1999', 'text'],
    ['10:30', 'text'],
    ['Springfield', 'text'],
  ])('takes %j for %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });

  it('reads any number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e300, max: 1e300, noNaN: true }), (number) => {
        const reader = new ValueReader();
        const kind = reader.read(String(number));
        if (kind !== Kind.code) expect(reader.number).toBe(number + 0);
        expect([Kind.integer, Kind.number, Kind.code]).toContain(kind);
      }),
    );
  });

  it('reads any date that ISO 8601 writes', () => {
    const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, (value) => {
        const reader = new ValueReader();
        expect(reader.read(value.toISOString())).toBe(Kind.date);
        expect(reader.number).toBe(value.getTime());
        const day = value.toISOString().slice(0, 10);
        expect(reader.read(day)).toBe(Kind.date);
        expect(reader.number).toBe(Date.parse(day));
      }),
    );
  });

  it('takes the zone of a time into account', () => {
    const reader = new ValueReader();
    reader.read('2024-05-01T00:30:00+02:00');
    expect(new Date(reader.number).toISOString()).toBe('2024-04-30T22:30:00.000Z');
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (value) => void new ValueReader().read(value)));
  });
});
