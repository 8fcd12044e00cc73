import type { GatewayError } from '../contract/index.js';
import type { RedisClient } from './redis-client.js';

/** Sends a command on the client that it is given, in the same tick. */
export type RedisCommand<Answer = unknown> = (client: RedisClient) => Promise<Answer>;

/** One command on its way: it ends once, with its answer or its failure. */
export class RedisCall {
  /** The number of the connection that it was sent on; undefined while it waits for one. */
  epoch: number | undefined;
  /** Forgotten when it is sent: what waits for the time of others need not keep a payload. */
  #command: RedisCommand | undefined;
  readonly #resolve: (answer: unknown) => void;
  readonly #reject: (error: GatewayError) => void;
  #hasEnded = false;

  constructor(
    command: RedisCommand,
    resolve: (answer: unknown) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#command = command;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
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
    const command = this.#command as RedisCommand;
    this.#command = undefined;
    try {
      return command(client);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #end(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    return true;
  }
}
