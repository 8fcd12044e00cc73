/**
 * Stands where Socket.IO's emitter and adapter expect a Redis client, and keeps the promises that they drop: both
 * publish in the same tick in which they are asked to emit, so {@link during} can tell what became of it.
 */
export class PublishCapture {
  readonly #publish: (channel: string, message: string | Buffer) => Promise<unknown>;
  readonly #onUnwatchedFailure: (error: unknown) => void;
  #captured: Promise<unknown>[] | undefined;

  /**
   * @param publish sends one message; must settle
   * @param onUnwatchedFailure told of failures of publishes that nobody watches by {@link during}
   */
  constructor(
    publish: (channel: string, message: string | Buffer) => Promise<unknown>,
    onUnwatchedFailure: (error: unknown) => void,
  ) {
    this.#publish = publish;
    this.#onUnwatchedFailure = onUnwatchedFailure;
  }

  /** What the emitter and the adapter call. */
  publish(channel: string, message: string | Buffer): void {
    const published = this.#publish(channel, message);
    if (this.#captured) this.#captured.push(published);
    else published.catch(this.#onUnwatchedFailure);
  }

  /**
   * Runs `action` and resolves when everything that it published has been taken.
   *
   * @throws (rejects) with the first failure, of `action` or of a publish
   */
  async during(action: () => unknown): Promise<void> {
    const captured: Promise<unknown>[] = [];
    this.#captured = captured;
    try {
      action();
    } catch (error) {
      // The action's own failure is the one to tell; what it published before may fail in peace.
      for (const published of captured) published.catch(() => undefined);
      throw error;
    } finally {
      this.#captured = undefined;
    }
    if (captured.length === 1) await captured[0];
    else await Promise.all(captured);
  }
}
