/** What listens to one thing, in the order in which it was added. */
export class Listeners<Args extends unknown[]> {
  readonly #listeners = new Set<{ handler: (...args: Args) => unknown }>();

  get size(): number {
    return this.#listeners.size;
  }

  /** Adds a handler; one that is added twice is called twice. Returns what takes it away again. */
  add(handler: (...args: Args) => unknown): () => void {
    const listener = { handler };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Calls all of them, whatever any of them throws.
   *
   * @param failed is told of everything that is thrown or rejected
   * @returns a promise if one of them returned one: it settles, without rejecting, when all have
   */
  call(failed: (error: unknown) => void, ...args: Args): Promise<unknown> | undefined {
    const pending: PromiseLike<unknown>[] = [];
    for (const { handler } of [...this.#listeners]) {
      try {
        const result = handler(...args);
        if (isThenable(result)) pending.push(Promise.resolve(result).catch(failed));
      } catch (error) {
        failed(error);
      }
    }
    return pending.length > 0 ? Promise.all(pending) : undefined;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
