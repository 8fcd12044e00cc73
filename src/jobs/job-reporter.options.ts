import * as v from 'valibot';
import { checkOptions, wholeNumber } from '../config/index.js';
import type { JobError } from '../contract/index.js';
import { describeError } from './describe-error.js';

/** How jobs report. */
export interface JobReporterOptions {
  /**
   * How long at least between two messages of progress of a run, 10 to 60,000 milliseconds. Too short, and browsers are kept busy
   * by bars that move too fast to be seen; too long, and a bar stands still.
   * @default 100
   */
  progressIntervalMs?: number | undefined;

  /**
   * Whether errors are told with their stack, which names files and sometimes secrets: for development.
   * @default false
   */
  includeStack?: boolean | undefined;

  /**
   * Says what clients are told of an error. What it throws, and what is no message, becomes the default.
   * @default the first line of its message, at most 300 characters, without credentials in URLs; its `code`, else its name
   */
  describeError?: ((error: unknown) => { message: string; code?: string }) | undefined;
}

/** {@link JobReporterOptions} with everything decided. */
export interface ResolvedJobReporterOptions {
  readonly progressIntervalMs: number;
  readonly describe: (error: unknown) => JobError;
}

const schema = v.strictObject({
  progressIntervalMs: v.optional(wholeNumber(10, 60_000)),
  includeStack: v.optional(v.boolean()),
  describeError: v.optional(
    v.custom<NonNullable<JobReporterOptions['describeError']>>(
      (value) => typeof value === 'function',
      'must be a function of the error',
    ),
  ),
}) as v.GenericSchema<unknown, JobReporterOptions>;

/** @throws INVALID_OPTIONS */
export function resolveJobReporterOptions(options: JobReporterOptions): ResolvedJobReporterOptions {
  const {
    progressIntervalMs = 100,
    includeStack = false,
    describeError: own,
  } = checkOptions(schema, options, 'Job reporter');
  const describe = (error: unknown): JobError => {
    const byDefault = describeError(error, includeStack);
    if (!own) return byDefault;
    try {
      const { message, code = byDefault.code } = own(error);
      if (typeof message === 'string' && typeof code === 'string') return { ...byDefault, message, code };
    } catch {
      // A report must not fail its job.
    }
    return byDefault;
  };
  return Object.freeze({ progressIntervalMs, describe });
}
