/** How long an attempt to connect may take; what counts is the time in which the event loop ran. */
const ATTEMPT_TIMEOUT_MS = 3000;

/** A timer this late tells of an event loop that was blocked, which says nothing about the other side. */
const LATE_MS = 500;

/**
 * Watches attempts to connect: a paused Redis accepts a connection and then says nothing, and a client library waits
 * for ever.
 */
export class AttemptWatch {
  readonly #onSilence: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  start(): void {
    clearTimeout(this.#timer);
    const due = performance.now() + ATTEMPT_TIMEOUT_MS;
    this.#timer = setTimeout(() => {
      if (performance.now() > due + LATE_MS) this.start();
      else this.#onSilence();
    }, ATTEMPT_TIMEOUT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
