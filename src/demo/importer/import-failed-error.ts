/**
 * An import cannot be completed as things are: to run it again at once would help nothing, but its user may ask for it.
 * The message is for that user.
 */
export class ImportFailedError extends Error {
  override readonly name = 'ImportFailedError';
}
