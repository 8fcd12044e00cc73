import { isDeepStrictEqual } from 'node:util';

/**
 * Expects two values to be the same down to the sign of zero, prototypes and the order of keys. Jest's own matchers
 * are misled by keys named `constructor` and overlook those named `__proto__`.
 */
export function expectSame(actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected) && JSON.stringify(actual) === JSON.stringify(expected)) return;
  expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
  expect(actual).toStrictEqual(expected);
  throw new Error('the values differ in their types or prototypes only');
}
