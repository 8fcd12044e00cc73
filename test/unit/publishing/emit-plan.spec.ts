import { isGatewayError, type GatewayErrorCode } from '../../../src/contract/index.js';
import { planBroadcast, planEmit } from '../../../src/publishing/emit-plan.js';

const DELIVERIES = ['live', 'latest', 'durable'] as const;
const VALUES = {
  key: 'k',
  dedupeKey: 'd',
  clears: 'c',
  except: 'x',
  confirm: { withinMs: 1 },
  fallback: { afterMs: 1 },
} as const;
const BELONGS = {
  key: 'latest',
  dedupeKey: 'durable',
  clears: 'durable',
  except: 'live',
  confirm: 'durable',
  fallback: 'durable',
} as const;
type Option = keyof typeof VALUES;
const OPTIONS = Object.keys(VALUES) as Option[];

function failureOf(action: () => unknown): { code: GatewayErrorCode; message: string } {
  try {
    action();
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Every way in which the options can be given together, with every delivery and without one. */
const combinations = [undefined, ...DELIVERIES].flatMap((delivery) =>
  Array.from({ length: 2 ** OPTIONS.length }, (_, bits) => ({
    delivery,
    given: OPTIONS.filter((_, index) => (bits >> index) & 1),
  })),
);

describe.each(['live', 'durable'] as const)('An emit where %s is the default', (byDefault) => {
  it.each(combinations)('with delivery $delivery takes $given, or says what to do', ({ delivery, given }) => {
    const options = { delivery, ...Object.fromEntries(given.map((option) => [option, VALUES[option]])) };
    const decided = delivery ?? byDefault;
    const strange = given.filter((option) => BELONGS[option] !== decided);
    if (strange.length > 0) {
      const { code, message } = failureOf(() => planEmit(options, 'e', byDefault));
      expect(code).toBe('INVALID_OPTIONS');
      const [option] = strange as [Option];
      expect(message).toContain(`This emit is '${decided}'`);
      expect(message).toContain(`the option '${option}' needs delivery: '${BELONGS[option]}'`);
      return;
    }
    const expected = {
      live: { except: given.includes('except') ? ['x'] : [] },
      latest: { key: given.includes('key') ? 'k' : 'e' },
      durable: {
        dedupeKey: given.includes('dedupeKey') ? 'd' : undefined,
        clears: given.includes('clears') ? 'c' : undefined,
        confirm: given.includes('confirm') ? { withinMs: 1 } : undefined,
        fallback: given.includes('fallback') ? { afterMs: 1 } : undefined,
      },
    }[decided];
    expect(planEmit(options, 'e', byDefault)).toEqual({ delivery: decided, ...expected });
  });

  it.each([
    [{ confirm: { withinMs: 0 } }, "'confirm'"],
    [{ confirm: { withinMs: 600_001 } }, "'confirm'"],
    [{ confirm: true }, "'confirm'"],
    [{ confirm: null }, "'confirm'"],
    [{ fallback: { afterMs: 1.5 } }, "'fallback'"],
    [{ fallback: { afterMs: 604_800_001 } }, "'fallback'"],
    [{ fallback: {} }, "'fallback'"],
  ])('refuses %j', (options, named) => {
    const { code, message } = failureOf(() => planEmit({ delivery: 'durable', ...options }, 'e', byDefault));
    expect(code).toBe('INVALID_OPTIONS');
    expect(message).toContain(named);
  });

  it('is the default without options', () => {
    for (const none of [undefined, null, {}]) {
      expect(planEmit(none, 'e', byDefault).delivery).toBe(byDefault);
    }
  });
});

describe('The keys of an emit', () => {
  const long = 'x'.repeat(256);

  it.each(['a', 'job 7/\u00e9', '\u{1f600}'.repeat(64), long])('may be %j', (value) => {
    expect(planEmit({ delivery: 'latest', key: value }, 'e', 'live')).toMatchObject({ key: value });
    expect(planEmit({ clears: value, dedupeKey: value }, 'e', 'durable')).toMatchObject({
      clears: value,
      dedupeKey: value,
    });
  });

  it.each([['', 5, null, {}, `${long}x`, '\u00e9'.repeat(129), '\ud800', ['a']]])(
    'may not be what is no text of 1 to 256 bytes',
    (...values) => {
      for (const value of values) {
        for (const options of [
          { delivery: 'latest', key: value },
          { delivery: 'durable', clears: value },
          { delivery: 'durable', dedupeKey: value },
        ]) {
          expect(failureOf(() => planEmit(options, 'e', 'live')).code).toBe('INVALID_OPTIONS');
        }
      }
    },
  );

  it('stand in a line of a message, and so have no control characters; what is hashed may', () => {
    for (const character of ['\n', '\u0000', '\u007f', '\u0085']) {
      const value = `a${character}b`;
      expect(failureOf(() => planEmit({ delivery: 'latest', key: value }, 'e', 'live')).code).toBe(
        'INVALID_OPTIONS',
      );
      expect(failureOf(() => planEmit({ clears: value }, 'e', 'durable')).code).toBe('INVALID_OPTIONS');
      expect(planEmit({ dedupeKey: value }, 'e', 'durable')).toMatchObject({ dedupeKey: value });
    }
  });

  it("must be given where the event's name cannot be one", () => {
    for (const event of ['a\nb', '\u00e9'.repeat(200)]) {
      const { code, message } = failureOf(() => planEmit({ delivery: 'latest' }, event, 'live'));
      expect(code).toBe('INVALID_OPTIONS');
      expect(message).toContain("Give the option 'key'");
      expect(planEmit({ delivery: 'latest', key: 'k' }, event, 'live')).toMatchObject({ key: 'k' });
    }
  });
});

describe('A broadcast', () => {
  it('is live', () => {
    expect(planBroadcast({ except: 'x' }, 'e')).toEqual({ delivery: 'live', except: ['x'] });
    expect(planBroadcast(undefined, 'e').delivery).toBe('live');
  });

  it.each(['durable', 'latest'])('refuses delivery %s and says what to do', (delivery) => {
    const { code, message } = failureOf(() => planBroadcast({ delivery }, 'e'));
    expect(code).toBe('INVALID_OPTIONS');
    expect(message).toContain('emit it to a default room');
  });
});
