import type { Token } from '../../room-log/index.js';

/** The tokens that were seen last, a bounded number of them. */
export class RecentTokens {
  readonly #capacity: number;
  /** In the order in which they were seen. */
  readonly #tokens = new Set<Token>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(token: Token): boolean {
    return this.#tokens.has(token);
  }

  add(token: Token): void {
    this.#tokens.delete(token);
    this.#tokens.add(token);
    if (this.#tokens.size <= this.#capacity) return;
    for (const oldest of this.#tokens) {
      this.#tokens.delete(oldest);
      return;
    }
  }

  newestFirst(): Token[] {
    return [...this.#tokens].reverse();
  }
}
