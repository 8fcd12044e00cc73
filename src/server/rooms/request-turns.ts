import type { RefreshReply, Reply } from '../../contract/index.js';

/**
 * The requests of one socket, carried out one after the other in the order in which they came: a join that waits for
 * the authorizer must not undo the leave that was sent after it.
 */
export class RequestTurns {
  readonly #maxWaiting: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #onRefused: () => void;
  #last: Promise<unknown> = Promise.resolve();
  #waitingCount = 0;

  /**
   * @param maxWaiting how many may wait; more are refused at once
   * @param onFailure told when a request could not even be answered
   */
  constructor(maxWaiting: number, onFailure: (error: unknown) => void, onRefused: () => void) {
    this.#maxWaiting = maxWaiting;
    this.#onFailure = onFailure;
    this.#onRefused = onRefused;
  }

  /**
   * @param answer carries out the request when its turn has come
   * @param acknowledge is given what came of it, if the client wants to know
   */
  take(
    answer: () => Promise<Reply | RefreshReply>,
    acknowledge: ((reply: Reply | RefreshReply) => void) | undefined,
  ): void {
    if (this.#waitingCount >= this.#maxWaiting) {
      this.#onRefused();
      acknowledge?.({ ok: false, code: 'TOO_MANY_JOINS' });
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
