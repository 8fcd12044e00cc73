/** Of how many users it is known when they were revoked; of the others it is assumed that it was just now. */
const MAX_USERS = 10_000;

/**
 * Which users were revoked, in the order in which it was heard: somebody whose token was asked about before a revocation, and
 * who is connected after it, is not among the sockets that the revocation closes.
 */
export class RecentRevocations {
  readonly #users = new Map<string, number>();
  #count = 0;
  #forgottenUpTo = 0;

  /** This moment, to be compared with by {@link isSince}. */
  get now(): number {
    return this.#count;
  }

  add(userId: string): void {
    this.#users.delete(userId);
    this.#users.set(userId, ++this.#count);
    if (this.#users.size <= MAX_USERS) return;
    const [[oldest, at]] = this.#users as unknown as [[string, number]];
    this.#users.delete(oldest);
    this.#forgottenUpTo = at;
  }

  /** Anybody may have been revoked: it was not heard who. */
  addAll(): void {
    this.#forgottenUpTo = ++this.#count;
    this.#users.clear();
  }

  /** Whether the user was, or may have been, revoked after that moment. */
  isSince(userId: string, moment: number): boolean {
    return moment < this.#forgottenUpTo || (this.#users.get(userId) ?? 0) > moment;
  }
}
