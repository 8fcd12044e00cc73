import { isGatewayError } from '../contract/index.js';
import type { CauseLog } from '../logging/index.js';
import type { RedisConnection } from './redis-connection.js';

/** Told of one message; what it throws, or rejects with, is logged and counted and stops there. */
export type MessageHandler = (channel: Buffer, message: Buffer, pattern: Buffer | null) => unknown;

/** How often a connection that only listens is asked whether it still hears. */
const PROBE_EVERY_MS = 5000;

/** How long to wait before subscriptions that Redis refused are tried again, and how much longer for each of them. */
const RETRY_REFUSED_MS = 2000;
const RETRY_EACH_MS = 1;

type Kind = 'channel' | 'pattern';

/**
 * Keeps channels and patterns subscribed for as long as they are wanted, across every loss of the connection, and
 * knows which of them Redis has confirmed. A client library's own resubscription does neither: it reports ready
 * before it is done, and never tries a refused one again, which leaves a server deaf that looks healthy.
 */
export class RedisSubscriber {
  readonly #connection: RedisConnection;
  readonly #causes: CauseLog;
  readonly #wanted: Record<Kind, Set<string>> = { channel: new Set(), pattern: new Set() };
  readonly #confirmed: Record<Kind, Set<string>> = { channel: new Set(), pattern: new Set() };
  readonly #handlers = new Set<MessageHandler>();
  /** Counts connections: an answer that belongs to an earlier one says nothing about this one. */
  #epoch = 0;
  #listening: object | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(connection: RedisConnection, causes: CauseLog) {
    this.#connection = connection;
    this.#causes = causes;
    connection.onAway(() => this.#forget());
    connection.onReady(() => this.#resubscribe());
  }

  /** Whether every wanted channel and pattern is confirmed on the present connection. */
  get isReady(): boolean {
    return (
      this.#connection.isReady &&
      this.#wanted.channel.size === this.#confirmed.channel.size &&
      this.#wanted.pattern.size === this.#confirmed.pattern.size
    );
  }

  /** Hears every message of every subscription; returns the way to stop it. */
  onMessage(handler: MessageHandler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  /** Wants these from now on. Never fails: what cannot be had now is had as soon as Redis lets us. */
  subscribe(kind: Kind, names: readonly string[]): void {
    for (const name of names) this.#wanted[kind].add(name);
    if (this.#connection.isReady) this.#request(kind, names);
    else this.#connection.open();
  }

  /** Wants these no more. */
  unsubscribe(kind: Kind, names: readonly string[]): void {
    for (const name of names) {
      this.#wanted[kind].delete(name);
      this.#confirmed[kind].delete(name);
    }
    if (!this.#connection.isReady || names.length === 0) return;
    this.#connection
      .call((client) => (kind === 'channel' ? client.unsubscribe(...names) : client.punsubscribe(...names)))
      // Then the connection is lost, and with it the subscription.
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#probeTimer);
    clearTimeout(this.#retryTimer);
    this.#handlers.clear();
    await this.#connection.close();
  }

  #forget(): void {
    this.#epoch++;
    clearInterval(this.#probeTimer);
    this.#confirmed.channel.clear();
    this.#confirmed.pattern.clear();
  }

  #resubscribe(): void {
    this.#forget();
    this.#listen();
    for (const kind of ['channel', 'pattern'] as const) this.#request(kind, [...this.#wanted[kind]]);
    this.#probeTimer = setInterval(() => this.#probe(), PROBE_EVERY_MS).unref();
  }

  #request(kind: Kind, names: readonly string[]): void {
    if (names.length === 0) return;
    const epoch = this.#epoch;
    this.#connection
      .call((client) => (kind === 'channel' ? client.subscribe(...names) : client.psubscribe(...names)))
      .then(
        () => {
          if (epoch !== this.#epoch) return;
          for (const name of names) if (this.#wanted[kind].has(name)) this.#confirmed[kind].add(name);
        },
        (error: unknown) => {
          if (epoch !== this.#epoch || this.#closed) return;
          if (names.length > 1 && isGatewayError(error, 'REDIS_REFUSED')) {
            // Redis refuses all for the sake of one: those that it allows are found by halves.
            const half = names.length >> 1;
            this.#request(kind, names.slice(0, half));
            this.#request(kind, names.slice(half));
            return;
          }
          this.#causes.error(
            'subscribe-refused',
            `Redis refused a subscription, which is tried again: ${String(error)}`,
          );
          this.#retryTimer ??= setTimeout(() => this.#retry(), this.#retryDelay()).unref();
        },
      );
  }

  #retryDelay(): number {
    const wanted = this.#wanted.channel.size + this.#wanted.pattern.size;
    const confirmed = this.#confirmed.channel.size + this.#confirmed.pattern.size;
    return RETRY_REFUSED_MS + RETRY_EACH_MS * (wanted - confirmed);
  }

  #retry(): void {
    this.#retryTimer = undefined;
    if (!this.#connection.isReady) return;
    for (const kind of ['channel', 'pattern'] as const) {
      this.#request(
        kind,
        [...this.#wanted[kind]].filter((name) => !this.#confirmed[kind].has(name)),
      );
    }
  }

  /** A connection that hears nothing looks like a quiet one; a call without an answer makes it reconnect. */
  #probe(): void {
    this.#connection.call((client) => client.ping()).catch(() => undefined);
  }

  #listen(): void {
    void this.#connection.call((client) => {
      if (this.#listening !== client) {
        this.#listening = client;
        client.on('messageBuffer', (channel: Buffer, message: Buffer) =>
          this.#deliver(channel, message, null),
        );
        client.on('pmessageBuffer', (pattern: Buffer, channel: Buffer, message: Buffer) =>
          this.#deliver(channel, message, pattern),
        );
      }
      return Promise.resolve();
    });
  }

  #deliver(channel: Buffer, message: Buffer, pattern: Buffer | null): void {
    for (const handler of this.#handlers) {
      try {
        const outcome = handler(channel, message, pattern);
        if (isPromise(outcome)) outcome.then(undefined, (error: unknown) => this.#reject(error));
      } catch (error) {
        this.#reject(error);
      }
    }
  }

  #reject(error: unknown): void {
    this.#causes.warn(
      'undecodable-message',
      `A message from Redis could not be used and was dropped: ${reasonOf(error)}`,
    );
  }
}

/** What a handler threw may be anything, and throw in its turn. */
function reasonOf(error: unknown): string {
  try {
    const { message } = error as { message: unknown };
    return typeof message === 'string' ? message.slice(0, 200) : 'unknown reason';
  } catch {
    return 'unknown reason';
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
