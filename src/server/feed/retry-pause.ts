/** The pause after a look that failed though the log is there: doubling, with jitter. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 5000;

/** Lets some time pass before something is tried again. */
export class RetryPause {
  readonly #retry: () => void;
  #failureCount = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(retry: () => void) {
    this.#retry = retry;
  }

  /** It has failed. */
  failed(): void {
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failureCount++, 10));
    this.#timer ??= setTimeout(() => this.#end(), pauseMs * (0.5 + Math.random() / 2)).unref();
  }

  /** It has succeeded: the next pause is a short one. */
  succeeded(): void {
    this.#failureCount = 0;
  }

  /** What was waited for is there: a pause that has begun is over. */
  cutShort(): void {
    if (this.#timer) this.#end();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#retry();
  }
}
