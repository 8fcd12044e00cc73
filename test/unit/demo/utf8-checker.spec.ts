import fc from 'fast-check';
import { Utf8Checker } from '../../../src/demo/importer/utf8-checker.js';

function check(bytes: Buffer, chunkSize: number): number {
  const checker = new Utf8Checker();
  for (let at = 0; at < bytes.length; at += chunkSize) {
    const invalid = checker.push(bytes.subarray(at, at + chunkSize));
    if (invalid !== -1) return invalid;
  }
  return checker.end();
}

describe('Utf8Checker', () => {
  it('accepts any text, however its bytes are cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (text, size) => {
        expect(check(Buffer.from(text), size)).toBe(-1);
      }),
    );
  });

  it('finds whether bytes are UTF-8 as a decoder does, however they are cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(fc.constantFrom(0x41, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f), { maxLength: 12 }),
    );
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 9 }), (array, size) => {
        const buffer = Buffer.from(array);
        let valid = true;
        try {
          new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(buffer);
        } catch {
          valid = false;
        }
        expect(check(buffer, size) === -1).toBe(valid);
      }),
      { numRuns: 1000 },
    );
  });

  it('tells where the first wrong byte is', () => {
    expect(check(Buffer.from('gr\xfcn', 'latin1'), 2)).toBe(2);
    expect(check(Buffer.concat([Buffer.from('käse,'), Buffer.from([0xe9]), Buffer.from(',x')]), 64)).toBe(6);
  });
});
