/** A file cannot be read as a sheet. The message is for the person who chose the file: what is wrong, and what to do. */
export class SheetUnreadableError extends Error {
  override readonly name = 'SheetUnreadableError';
}
