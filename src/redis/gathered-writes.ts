import type { Writable } from 'node:stream';
import type { RedisClient } from './redis-client.js';

/** A long burst is passed on in parts, so that Redis works on the first ones while the rest is still being made. */
const MAX_GATHERED = 64;

/**
 * Gathers the commands that are sent in one tick into few writes: a system call for each is up to half of what a
 * publish costs. The first of a tick leaves at once, so a command that comes alone waits for nothing; only those that
 * follow it wait, for the end of the tick at most. Order, answers and errors stay as they are without it.
 */
export class GatheredWrites {
  #stream: Writable | undefined;
  /** Commands since the last write; the first of a tick is not counted. */
  #count = 0;
  readonly #end = (): void => {
    this.#flush();
    this.#stream = undefined;
  };

  /** To be called right before `client` is given a command. */
  before(client: RedisClient): void {
    const stream = streamOf(client);
    if (stream === undefined) return;
    if (this.#stream === undefined) {
      this.#stream = stream;
      process.nextTick(this.#end);
      return;
    }
    if (this.#stream !== stream) {
      // Connected anew within the tick.
      this.#flush();
      this.#stream = stream;
    }
    if (this.#count === MAX_GATHERED) this.#flush();
    if (this.#count === 0) stream.cork();
    this.#count++;
  }

  #flush(): void {
    if (this.#count === 0) return;
    this.#count = 0;
    this.#stream?.uncork();
  }
}

/** The socket of the connection; a cluster's client has none of its own. */
function streamOf(client: RedisClient): Writable | undefined {
  return (client as { stream?: Writable }).stream;
}
