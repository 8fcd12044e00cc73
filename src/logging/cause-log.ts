import type { GatewayLogger, LogFields } from './gateway-logger.js';

type Level = 'warn' | 'error';

interface Cause {
  readonly level: Level;
  suppressedCount: number;
  lastMessage: string;
  timer: NodeJS.Timeout;
}

/**
 * A log that does not repeat itself: of each cause one line at once, then at most one per period, which says how
 * often the cause came up meanwhile. A cause is a short fixed string, such as an error's code; the number of
 * different causes must be small, for each is remembered for a period.
 */
export class CauseLog {
  readonly #logger: GatewayLogger;
  readonly #periodMs: number;
  readonly #causes = new Map<string, Cause>();

  /**
   * @param logger where the lines go
   * @param periodMs how long a cause stays silent after a line; 10 s unless told
   */
  constructor(logger: GatewayLogger, periodMs = 10_000) {
    this.#logger = logger;
    this.#periodMs = periodMs;
  }

  warn(cause: string, message: string): void {
    this.#report('warn', cause, message);
  }

  error(cause: string, message: string): void {
    this.#report('error', cause, message);
  }

  /** Writes what is still counted and forgets all causes. */
  close(): void {
    for (const [cause, seen] of this.#causes) {
      clearTimeout(seen.timer);
      if (seen.suppressedCount > 0) this.#writeRepeats(cause, seen, 'since the line above');
      this.#causes.delete(cause);
    }
  }

  #report(level: Level, cause: string, message: string): void {
    const seen = this.#causes.get(cause);
    if (seen) {
      seen.suppressedCount++;
      seen.lastMessage = message;
      return;
    }
    this.#write(level, message, { cause });
    this.#causes.set(cause, { level, suppressedCount: 0, lastMessage: message, timer: this.#arm(cause) });
  }

  #arm(cause: string): NodeJS.Timeout {
    return setTimeout(() => {
      const seen = this.#causes.get(cause);
      if (!seen) return;
      if (seen.suppressedCount === 0) {
        this.#causes.delete(cause);
        return;
      }
      this.#writeRepeats(cause, seen, `in the last ${this.#periodMs / 1000} s`);
      seen.suppressedCount = 0;
      seen.timer = this.#arm(cause);
    }, this.#periodMs).unref();
  }

  #writeRepeats(cause: string, { level, lastMessage, suppressedCount: repeats }: Cause, when: string): void {
    this.#write(level, `${lastMessage} (${repeats} more ${when})`, { cause, repeats });
  }

  #write(level: Level, message: string, fields: LogFields): void {
    try {
      if (this.#logger.writeFields) this.#logger.writeFields(level, message, fields);
      else this.#logger[level](message);
    } catch {
      // Who reports has something better to do than to handle that; a throwing timer would end the process.
    }
  }
}
