import type { RefreshReply, Reply } from '../../contract/index.js';

/** How many requests of one socket may wait for their turn; more are refused at once. */
const MAX_WAITING = 100;

/**
 * The requests of one socket, carried out one after the other in the order in which they came: a join that waits for
 * the authorizer must not undo the leave that was sent after it.
 */
export class RequestTurns {
  readonly #onFailure: (error: unknown) => void;
  #last: Promise<unknown> = Promise.resolve();
  #waitingCount = 0;

  /** @param onFailure told when a request could not even be answered */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  /**
   * @param answer carries out the request when its turn has come
   * @param acknowledge is given what came of it, if the client wants to know
   */
  take(
    answer: () => Promise<Reply | RefreshReply>,
    acknowledge: ((reply: Reply | RefreshReply) => void) | undefined,
  ): void {
    if (this.#waitingCount >= MAX_WAITING) {
      acknowledge?.({ ok: false, code: 'UNAVAILABLE' });
      return;
    }
    this.#waitingCount++;
    this.#last = this.#last
      .then(answer)
      .then((reply) => acknowledge?.(reply))
      .catch(this.#onFailure)
      .finally(() => this.#waitingCount--);
  }
}
