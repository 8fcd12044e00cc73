interface Waiter<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** Who waits for something to become of a name. */
export class Waiting<Result> {
  readonly #waiters = new Map<string, Waiter<Result>[]>();

  wait(name: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiters.set(name, [...(this.#waiters.get(name) ?? []), { resolve, reject }]);
    });
  }

  names(): string[] {
    return [...this.#waiters.keys()];
  }

  resolve(name: string, result: Result): void {
    for (const waiter of this.#take(name)) waiter.resolve(result);
  }

  /** Returns whether anybody waited. */
  reject(name: string, error: Error): boolean {
    const waiters = this.#take(name);
    for (const waiter of waiters) waiter.reject(error);
    return waiters.length > 0;
  }

  #take(name: string): Waiter<Result>[] {
    const waiters = this.#waiters.get(name) ?? [];
    this.#waiters.delete(name);
    return waiters;
  }
}
