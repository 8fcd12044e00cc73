import type { Redis } from 'ioredis';
import type { CauseLog } from '../../logging/index.js';
import { mastersOf, type RedisConnection } from '../../redis/index.js';
import type { LogReadyListener } from '../room-log.js';
import { SCRIPTS } from './scripts.js';

/** How soon a Redis that answered the greeting with an error is greeted again. */
const GREET_AGAIN_MS = 1000;

interface Greeting {
  /** Which process of Redis with which history answered; undefined when it does not say. */
  readonly identity: string | undefined;
  readonly runId: string | undefined;
  /** Its clock, minus ours. */
  readonly clockOffsetMs: number | undefined;
}

/**
 * What has to happen on a connection before the log may be used on it: the scripts are loaded, and it is found out
 * whether this is the Redis that acknowledged what was appended before, or one that may have forgotten it.
 */
export class RedisLogSession {
  readonly #connection: RedisConnection;
  readonly #causes: CauseLog;
  readonly #readyListeners = new Set<LogReadyListener>();
  readonly #awayListeners = new Set<() => void>();
  #epoch = 0;
  #greeting: Promise<void> = Promise.resolve();
  #isReady = false;
  #lastIdentity: string | undefined;
  #isFirst = true;
  #runIds: readonly (string | undefined)[] = [];
  #clockOffsetMs = Date.now() - performance.now();
  #clockReadAt = performance.now();

  constructor(connection: RedisConnection, causes: CauseLog) {
    this.#connection = connection;
    this.#causes = causes;
    connection.onAway(() => this.#lose());
    connection.onReady(() => this.#begin());
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Whether this is the `run_id` of a server that the log is on. What is not known of either is taken to agree; undefined
   * while the log is away.
   */
  isOn(runId: string | undefined): boolean | undefined {
    if (!this.#isReady) return undefined;
    return runId === undefined || this.#runIds.includes(undefined) || this.#runIds.includes(runId);
  }

  onReady(listener: LogReadyListener): () => void {
    this.#readyListeners.add(listener);
    if (this.#isReady) listener({ mayHaveForgotten: false });
    return () => this.#readyListeners.delete(listener);
  }

  onAway(listener: () => void): () => void {
    this.#awayListeners.add(listener);
    return () => this.#awayListeners.delete(listener);
  }

  /** Resolves when the log may be used; rejects at once when Redis is away. */
  async whenReady(): Promise<void> {
    if (this.#isReady) return;
    // Waits for the first connection only. Its listeners, and so the greeting, have begun when this resolves.
    await this.#connection.call(() => Promise.resolve());
    await this.#greeting;
  }

  /** Redis' time, in ms, at a moment of `performance.now()`, as far as it is known. */
  redisTime(localMs: number): number {
    return Math.round(localMs + this.#clockOffsetMs);
  }

  /** Redis' time at this moment, in ms and parts of it, as exact as half a round trip. */
  now(): number {
    this.keepTime();
    return performance.now() + this.#clockOffsetMs;
  }

  /** Asks for Redis' time again once a minute of use: two clocks drift apart. */
  keepTime(): void {
    if (performance.now() - this.#clockReadAt < 60_000) return;
    const askedAt = performance.now();
    this.#clockReadAt = askedAt;
    this.#connection
      .call((client) =>
        Promise.all(
          mastersOf(client)
            .slice(0, 1)
            .map((node) => node.time()),
        ),
      )
      .then(([time]) => {
        if (time) this.#clockOffsetMs = millisecondsOf(time) - (askedAt + performance.now()) / 2;
      })
      // What was known is still nearly right.
      .catch(() => undefined);
  }

  #begin(): void {
    const epoch = ++this.#epoch;
    this.#greeting = this.#greet(epoch);
    // Whoever waits for it sees the rejection too. A lost connection makes itself anew; one that answered with an error
    // is asked again.
    this.#greeting.catch(() => {
      setTimeout(() => {
        if (epoch === this.#epoch) this.#begin();
      }, GREET_AGAIN_MS).unref();
    });
  }

  #lose(): void {
    this.#epoch++;
    if (!this.#isReady) return;
    this.#isReady = false;
    for (const listener of this.#awayListeners) listener();
  }

  async #greet(epoch: number): Promise<void> {
    const greetings = await this.#connection.call((client) =>
      Promise.all(mastersOf(client).map((node) => greetNode(node))),
    );
    if (epoch !== this.#epoch) return;
    const identities = greetings.map(({ identity }) => identity);
    const identity = identities.includes(undefined) ? undefined : identities.sort().join();
    const offset = greetings[0]?.clockOffsetMs;
    if (offset !== undefined) this.#clockOffsetMs = offset;
    if (identity === undefined) {
      this.#causes.warn(
        'redis-identity',
        `Redis at ${this.#connection.address} does not answer INFO. Allow it: until then every reconnect sends the events of the last seconds again.`,
      );
    }
    const isSame = identity !== undefined && identity === this.#lastIdentity;
    const mayHaveForgotten = !this.#isFirst && !isSame;
    this.#isFirst = false;
    this.#lastIdentity = identity;
    this.#runIds = greetings.map(({ runId }) => runId);
    this.#isReady = true;
    for (const listener of this.#readyListeners) listener({ mayHaveForgotten });
  }
}

async function greetNode(node: Redis): Promise<Greeting> {
  const askedAt = performance.now();
  // All of them are sent in this tick, before anything that waits for the greeting.
  const loads = Object.values(SCRIPTS).map(({ text }) => unlessRefused(node.script('LOAD', text)));
  const [server, replication, time] = await Promise.all([
    unlessRefused(node.info('server')),
    unlessRefused(node.info('replication')),
    unlessRefused(node.time()),
    ...loads,
  ]);
  const runId = /^run_id:(\w+)/m.exec(server ?? '')?.[1];
  const history = /^master_replid:(\w+)/m.exec(replication ?? '')?.[1];
  const localMs = (askedAt + performance.now()) / 2;
  return {
    identity: runId && history ? `${runId}/${history}` : undefined,
    runId,
    clockOffsetMs: time && millisecondsOf(time) - localMs,
  };
}

/** Of the answer to TIME. */
function millisecondsOf([seconds, microseconds]: readonly (number | string)[]): number {
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

/** What a user of limited rights may not ask is not known; every other failure is one of the connection. */
async function unlessRefused<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as { message?: unknown }).message?.toString().startsWith('NOPERM')) return undefined;
    throw error;
  }
}
