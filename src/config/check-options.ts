import * as v from 'valibot';
import { GatewayError } from '../contract/index.js';

/**
 * Checks `options` against a schema.
 *
 * @throws INVALID_OPTIONS; the message names the path of what is wrong (`auth.jwt.algorithms[0]`), never its value.
 */
export function checkOptions<Schema extends v.GenericSchema>(
  schema: Schema,
  options: unknown,
  module: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, options);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${pathOf(issue)}: ${reasonOf(issue)}`);
  throw new GatewayError('INVALID_OPTIONS', `${module} options: ${problems.join('; ')}.`);
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  const path = (issue.path ?? [])
    .map(({ key }) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  return path === '' ? 'the options' : path;
}

/** Valibot's own messages quote the value that was received: it may be a secret. Ours do not. */
function reasonOf(issue: v.BaseIssue<unknown>): string {
  const stock = issue.message.startsWith('Invalid ');
  if (!stock) return issue.message;
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'there is no such option';
  if (issue.received === 'undefined') return 'is missing';
  return `must be ${issue.expected ?? 'something else'}`;
}
