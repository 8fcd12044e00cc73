/** How often a connection is asked whether it still leads to Redis. */
const ASK_EVERY_MS = 5000;

/** How long the answer may take at the least: nobody waits for it. */
const PROBE_TIMEOUT_MS = 1000;

/**
 * Asks now and then, as long as a connection seems to be there. A firewall that forgets it, a host that loses its power and a
 * cable that is pulled close nothing: who emits nothing would notice with the next emit, which then waits in vain.
 */
export class ConnectionProbe {
  readonly #ask: (timeoutMs: number) => Promise<unknown>;
  #timer: NodeJS.Timeout | undefined;

  /** @param ask without an answer in time, at least in this one, the connection is made anew */
  constructor(ask: (timeoutMs: number) => Promise<unknown>) {
    this.#ask = ask;
  }

  /** The connection has just been made. */
  start(): void {
    this.stop();
    // What Redis answers, "no permission" too, is an answer.
    this.#timer = setInterval(
      () => void this.#ask(PROBE_TIMEOUT_MS).catch(() => undefined),
      ASK_EVERY_MS,
    ).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
