import * as v from 'valibot';
import { GatewayError, type UndeliveredOptions } from '../contract/index.js';
import { checkOptions, wholeNumber } from '../config/index.js';

/** {@link UndeliveredOptions} with everything decided. */
export type ResolvedUndeliveredOptions = Readonly<Required<{ [Name in keyof UndeliveredOptions]: number }>>;

const schema = v.strictObject({
  attempts: v.optional(wholeNumber(1, 100)),
  backoffMs: v.optional(wholeNumber(1, 3_600_000)),
  maxBackoffMs: v.optional(wholeNumber(1, 86_400_000)),
  claimIdleMs: v.optional(wholeNumber(100, 3_600_000)),
  concurrency: v.optional(wholeNumber(1, 1000)),
  maxParked: v.optional(wholeNumber(1, 100_000)),
}) as v.GenericSchema<unknown, UndeliveredOptions>;

/**
 * Checks the arguments of `onUndelivered` and fills in defaults.
 *
 * @throws INVALID_OPTIONS
 */
export function resolveUndeliveredOptions(
  handler: unknown,
  options: unknown = {},
): ResolvedUndeliveredOptions {
  if (typeof handler !== 'function') {
    throw new GatewayError('INVALID_OPTIONS', 'The handler of onUndelivered must be a function.');
  }
  const given = checkOptions(schema, options, 'onUndelivered');
  return Object.freeze({
    attempts: given.attempts ?? 5,
    backoffMs: given.backoffMs ?? 1000,
    maxBackoffMs: given.maxBackoffMs ?? 5 * 60_000,
    claimIdleMs: given.claimIdleMs ?? 60_000,
    concurrency: given.concurrency ?? 10,
    maxParked: given.maxParked ?? 1000,
  });
}
