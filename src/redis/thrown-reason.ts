/** The message of what was thrown, which may be anything, and throw in its turn. */
export function thrownReason(error: unknown): string {
  try {
    const { message } = error as { message: unknown };
    return typeof message === 'string' ? message.slice(0, 200) : 'unknown reason';
  } catch {
    return 'unknown reason';
  }
}
