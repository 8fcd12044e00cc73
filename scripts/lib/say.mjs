/**
 * Tells the user what a script does. It goes to stderr, so that stdout stays with what is run.
 * @param {string} text
 */
export function say(text) {
  console.error(text);
}

/** A failure that its message explains completely: it is shown without a stack. */
export class PlainError extends Error {
  name = 'PlainError';
}

/**
 * What a user is shown of a failure: one sentence where we wrote one, everything there is otherwise.
 * @param {unknown} error
 * @returns {string}
 */
export function describe(error) {
  if (error instanceof PlainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
