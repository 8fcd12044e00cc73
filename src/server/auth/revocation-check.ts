import { LATE, within } from '../within.js';
import type { AuthenticatedUser } from '../users/index.js';
import { messageOf } from './error-message.js';
import { RefusedError } from './refused-error.js';

/** Asks the application whether what a user came with counts no more. */
export class RevocationCheck {
  readonly #isRevoked: ((user: AuthenticatedUser) => boolean | Promise<boolean>) | undefined;
  readonly #timeoutMs: number;

  /** @param isRevoked undefined when the application revokes nothing */
  constructor(
    isRevoked: ((user: AuthenticatedUser) => boolean | Promise<boolean>) | undefined,
    timeoutMs: number,
  ) {
    this.#isRevoked = isRevoked;
    this.#timeoutMs = timeoutMs;
  }

  get isConfigured(): boolean {
    return this.#isRevoked !== undefined;
  }

  /** @throws (rejects) RefusedError AUTH_UNAVAILABLE when the application throws, or takes too long */
  async isRevoked(user: AuthenticatedUser): Promise<boolean> {
    const ask = this.#isRevoked;
    if (!ask) return false;
    const verdict = await this.#ask(ask, user);
    if (typeof verdict === 'boolean') return verdict;
    // Whatever else it says may be meant as either.
    throw new RefusedError('AUTH_UNAVAILABLE', 'auth.isRevoked gave neither true nor false');
  }

  async #ask(ask: (user: AuthenticatedUser) => unknown, user: AuthenticatedUser): Promise<unknown> {
    let verdict: unknown;
    try {
      verdict = await within(Promise.resolve(ask(user)), this.#timeoutMs);
    } catch (error) {
      throw new RefusedError('AUTH_UNAVAILABLE', `auth.isRevoked failed: ${messageOf(error)}`);
    }
    if (verdict !== LATE) return verdict;
    throw new RefusedError('AUTH_UNAVAILABLE', `auth.isRevoked took longer than ${this.#timeoutMs} ms`);
  }
}
