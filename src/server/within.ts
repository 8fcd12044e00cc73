/** What {@link within} resolves to when the time is up. */
export const LATE = Symbol('late');

/** Waits for a promise, but not longer than `ms`. */
export function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | typeof LATE> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(LATE), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
