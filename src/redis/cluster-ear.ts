import type { Redis } from 'ioredis';
import { isCluster, type RedisClient } from './redis-client.js';

/** Where the client of a cluster keeps the connection by which it listens, and from which it takes over subscriptions. */
interface Listening {
  /** Both are inner names: without them nothing is watched. */
  readonly subscriber?: { getInstance?(): Redis | null; lastActiveSubscriber?: Redis | null };
}

/** The connection by which the client of a cluster listens, to any of its nodes; undefined for another client, or without one. */
export function earOf(client: RedisClient): Redis | undefined {
  return isCluster(client)
    ? ((client as unknown as Listening).subscriber?.getInstance?.() ?? undefined)
    : undefined;
}

/**
 * Watches the one connection by which the client of a cluster listens. When it is lost, the client takes another and subscribes on it
 * again, without a word: what was published meanwhile is missed, and nobody would look for it.
 */
export class ClusterEar {
  readonly #onLost: () => void;
  #client: RedisClient | undefined;
  #ear: Redis | undefined;

  /** @param onLost called when the connection that was watched last has ended */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  /** To be called before something is subscribed to; may be called again. */
  watch(client: RedisClient): void {
    const ear = earOf(client);
    if (!ear || ear === this.#ear) return;
    this.#client = client;
    this.#ear = ear;
    ear.once('end', () => {
      if (ear === this.#ear) this.#onLost();
    });
  }

  /** The connection is given up. The client would subscribe on the next one to what it had, wanted or not. */
  forget(): void {
    this.#ear = undefined;
    const { subscriber } = (this.#client ?? {}) as Listening;
    if (subscriber) subscriber.lastActiveSubscriber = null;
  }
}
