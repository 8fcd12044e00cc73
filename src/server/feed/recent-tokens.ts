import type { Token } from '../../room-log/index.js';

/** The tokens that were seen last, a bounded number of them. Adding one is cheap, looking for one is not. */
export class RecentTokens {
  readonly #capacity: number;
  /** A ring once it is full. */
  readonly #tokens: Token[] = [];
  /** Where the oldest one is in the ring. */
  #oldest = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  has(token: Token): boolean {
    return this.#tokens.includes(token);
  }

  add(token: Token): void {
    if (this.#tokens.length < this.#capacity) {
      this.#tokens.push(token);
      return;
    }
    this.#tokens[this.#oldest] = token;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
  }

  newestFirst(): Token[] {
    return [...this.#tokens.slice(this.#oldest), ...this.#tokens.slice(0, this.#oldest)].reverse();
  }
}
