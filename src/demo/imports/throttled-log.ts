import type { Logger } from '@nestjs/common';

const INTERVAL_MS = 10_000;

/** Logs errors that repeat, such as those of a connection that is being tried again: once per 10 s and cause. */
export class ThrottledLog {
  readonly #logger: Logger;
  readonly #causes = new Map<string, { loggedAt: number; suppressed: number }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Logs the error, or counts it when one of the same cause has just been logged. */
  error(what: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    const cause = code ?? message;
    const now = performance.now();
    const known = this.#causes.get(cause);
    if (known !== undefined && now - known.loggedAt < INTERVAL_MS) {
      known.suppressed++;
      return;
    }
    const times = known?.suppressed ? ` (and ${known.suppressed} more since the last message)` : '';
    // Causes are codes, a handful; messages with changing numbers must not pile up here.
    if (this.#causes.size > 50) this.#causes.clear();
    this.#causes.set(cause, { loggedAt: now, suppressed: 0 });
    this.#logger.error(`${what}: ${message || cause}${times}`);
  }
}
