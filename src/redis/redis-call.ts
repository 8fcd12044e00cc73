import type { GatewayError } from '../contract/index.js';
import type { RedisClient } from './redis-client.js';

/** Sends a command on the client that it is given, in the same tick. */
export type RedisCommand<Answer = unknown> = (client: RedisClient) => Promise<Answer>;

/** A timer this late tells of an event loop that was blocked, which says nothing about Redis. */
const LATE_MS = 100;

/** How long after a blocked event loop the command may take: it may have been sent only now. */
const GRACE_MS = 250;

/** One command on its way: it ends once, with its answer, its failure, or when its time is up. */
export class RedisCall {
  /** The number of the connection that it was sent on; undefined while it waits for one. */
  epoch: number | undefined;
  readonly #command: RedisCommand;
  readonly #resolve: (answer: unknown) => void;
  readonly #reject: (error: GatewayError) => void;
  readonly #onLate: (call: RedisCall) => void;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  /** @param onLate called when the time is up and it has not ended; must end it by {@link fail} */
  constructor(
    command: RedisCommand,
    resolve: (answer: unknown) => void,
    reject: (error: GatewayError) => void,
    onLate: (call: RedisCall) => void,
  ) {
    this.#command = command;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onLate = onLate;
  }

  /** @param explain makes an error of ours of a failure */
  send(client: RedisClient, explain: (error: unknown) => GatewayError): void {
    this.#sent(client).then(
      (answer) => {
        if (this.#end()) this.#resolve(answer);
      },
      (error: unknown) => this.fail(explain(error)),
    );
  }

  fail(error: GatewayError): void {
    if (this.#end()) this.#reject(error);
  }

  /** A command that throws is one that rejects: calls that waited are sent from within an event. */
  #sent(client: RedisClient): Promise<unknown> {
    try {
      return this.#command(client);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Its time begins. To be called when it is on its way: the command need not wait for a timer to be made. */
  arm(timeoutMs: number): void {
    if (this.#hasEnded) return;
    const due = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => {
      const wasBlocked = performance.now() > due + LATE_MS;
      // After the event loop was blocked, this timer runs before the answer that has long arrived is read.
      setImmediate(() => {
        if (this.#hasEnded) return;
        if (wasBlocked) this.arm(GRACE_MS);
        else this.#onLate(this);
      });
    }, timeoutMs);
  }

  #end(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    return true;
  }
}
