import fc from 'fast-check';
import { isGatewayError, type GatewayErrorCode } from '../../../src/contract/index.js';
import { checkEventName, normaliseRoom, normaliseUserId, userRoom } from '../../../src/names/index.js';
import { anyString } from '../../support/arbitraries.js';
import { anything } from '../../support/hostile.js';

const isLone = /\p{Surrogate}/u;
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const isControl = /[\u0000-\u001f\u007f-\u009f]/;

function outcomeOf(action: () => string): string | { refused: GatewayErrorCode } {
  try {
    return action();
  } catch (error) {
    if (isGatewayError(error)) return { refused: error.code };
    throw new Error('something else than a GatewayError was thrown', { cause: error });
  }
}

/** What the rule says, in the plainest words. */
function isAllowed(name: string, maxBytes: number): boolean {
  const bytes = Buffer.byteLength(name.normalize('NFC'));
  return bytes >= 1 && bytes <= maxBytes && !isLone.test(name) && !isControl.test(name.normalize('NFC'));
}

describe("a room's name", () => {
  it('is allowed exactly by the rule, and kept in form NFC', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, fc.string({ unit: 'grapheme', maxLength: 400 })), (name) => {
        const maxBytes = name.normalize('NFC').startsWith('user:') ? 261 : 256;
        const expected = isAllowed(name, maxBytes) ? name.normalize('NFC') : { refused: 'INVALID_ROOM' };
        expect(outcomeOf(() => normaliseRoom(name))).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same again when it is normalised again', () => {
    fc.assert(
      fc.property(anyString, (name) => {
        const once = outcomeOf(() => normaliseRoom(name));
        if (typeof once === 'string') expect(normaliseRoom(once)).toBe(once);
      }),
    );
  });

  it('makes one room of two spellings', () => {
    expect(normaliseRoom('cafe\u0301')).toBe('caf\u00e9');
    expect(normaliseRoom('\u212b')).toBe('\u00e5'.toUpperCase());
  });

  it.each([
    [5, '5'],
    [-1.5, '-1.5'],
    [0, '0'],
    [-0, '0'],
    [1e21, '1e+21'],
  ])('may be the number %p', (number, name) => expect(normaliseRoom(number)).toBe(name));

  it.each(['a', 'é', '€', '😀', '가'])('of %p may have 256 bytes and no more', (character) => {
    const bytes = Buffer.byteLength(character);
    const longest = character
      .repeat(Math.floor(256 / bytes))
      .padEnd(Math.floor(256 / bytes) * character.length + (256 % bytes), 'a');
    expect(Buffer.byteLength(longest)).toBe(256);
    expect(normaliseRoom(longest)).toBe(longest);
    expect(outcomeOf(() => normaliseRoom(`${longest}a`))).toEqual({ refused: 'INVALID_ROOM' });
  });

  it('is measured in form NFC', () => {
    expect(normaliseRoom('e\u0301'.repeat(128))).toBe('é'.repeat(128));
    expect(outcomeOf(() => normaliseRoom('e\u0301'.repeat(129)))).toEqual({ refused: 'INVALID_ROOM' });
    // Three code units that become one of two bytes: the most that NFC can save.
    expect(normaliseRoom('\u0075\u0308\u0304'.repeat(128))).toBe('ǖ'.repeat(128));
  });

  it('is refused quickly however long it is', () => {
    const names = ['a', '\u0301', '가', '\ud800'].map((unit) => unit.repeat(20_000_000));
    const started = performance.now();
    for (const name of names) {
      expect(outcomeOf(() => normaliseRoom(name))).toEqual({ refused: 'INVALID_ROOM' });
    }
    // Normalising so many accents takes hours.
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it.each(['\u0000', '\n', '\u001f', '\u007f', '\u0085', '\u009f', '\ud800', '\udc00', '\udc00\ud800'])(
    'may not contain %p',
    (part) => {
      for (const name of [part, `a${part}`, `${part}a`, `a${part}b`]) {
        expect(outcomeOf(() => normaliseRoom(name))).toEqual({ refused: 'INVALID_ROOM' });
      }
    },
  );

  it('is never made of anything else', () => {
    fc.assert(
      fc.property(anything, (make) => {
        const value = make();
        if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return;
        expect(outcomeOf(() => normaliseRoom(value))).toEqual({ refused: 'INVALID_ROOM' });
        expect(outcomeOf(() => normaliseUserId(value))).toEqual({ refused: 'INVALID_USER' });
        expect(outcomeOf(() => userRoom(value))).toEqual({ refused: 'INVALID_USER' });
      }),
      { numRuns: 500 },
    );
  });
});

describe("a user's id", () => {
  it('makes a room that is allowed, at its longest too', () => {
    fc.assert(
      fc.property(fc.oneof(anyString, fc.string({ unit: 'grapheme', maxLength: 300 })), (userId) => {
        const expected = isAllowed(userId, 256)
          ? `user:${userId.normalize('NFC')}`
          : { refused: 'INVALID_USER' };
        const room = outcomeOf(() => userRoom(userId));
        expect(room).toEqual(expected);
        if (typeof room === 'string') expect(normaliseRoom(room)).toBe(room);
      }),
      { numRuns: 1000 },
    );
    const longest = 'a'.repeat(256);
    expect(normaliseRoom(userRoom(longest))).toBe(`user:${longest}`);
    expect(outcomeOf(() => userRoom(`${longest}a`))).toEqual({ refused: 'INVALID_USER' });
  });

  it.each([NaN, Infinity, -Infinity])('is not %p', (number) => {
    expect(outcomeOf(() => userRoom(number))).toEqual({ refused: 'INVALID_USER' });
  });

  it('of a number and of its text are one', () => expect(userRoom(5)).toBe(userRoom('5')));
});

describe("an event's name", () => {
  it('is text of 1 to 256 characters that is not reserved', () => {
    fc.assert(
      fc.property(anything, (make) => {
        const event = make();
        const isName = typeof event === 'string' && event.length >= 1 && event.length <= 256;
        const outcome = outcomeOf(() => {
          checkEventName(event);
          return 'allowed';
        });
        expect(outcome).toEqual(isName ? 'allowed' : { refused: 'INVALID_EVENT' });
      }),
    );
  });
});
