import type { CauseLog } from '../logging/index.js';
import { ClusterEar } from './cluster-ear.js';
import type { RedisConnection } from './redis-connection.js';
import { ServerCheck, type IdentifyServer } from './server-check.js';
import { SubscriptionSet } from './subscription-set.js';
import { thrownReason } from './thrown-reason.js';
import type { MessageSource, UndecodableMessages } from './undecodable-messages.js';

/** Told of one message; what it throws, or rejects with, is logged and counted and stops there. */
export type MessageHandler = (channel: string, message: Buffer, pattern: Buffer | null) => unknown;

/** What is subscribed to: a channel by its name, or all whose names match a pattern. */
export type SubscriptionKind = 'channel' | 'pattern';

/** Told of subscriptions that Redis has confirmed. */
export type ConfirmedListener = (kind: SubscriptionKind, names: readonly string[]) => void;

/** How long to wait before subscriptions that Redis refused are tried again, and how much longer for each of them. */
const RETRY_REFUSED_MS = 2000;
const RETRY_EACH_MS = 1;

interface RegisteredHandler {
  readonly handle: MessageHandler;
  readonly source: MessageSource;
}

const KINDS = ['channel', 'pattern'] as const;

export interface RedisSubscriberSettings {
  /** Told of every message that a handler could not use. @default it is logged only */
  readonly undecodable?: UndecodableMessages | undefined;
  /** Asked at every connection, before anything is subscribed on it. @default any server is right */
  readonly identify?: IdentifyServer | undefined;
}

/**
 * Keeps channels and patterns subscribed for as long as they are wanted, across every loss of the connection, and
 * knows which of them Redis has confirmed. A client library's own resubscription does neither: it reports ready
 * before it is done, and never tries a refused one again, which leaves a server deaf that looks healthy.
 */
export class RedisSubscriber {
  readonly #connection: RedisConnection;
  readonly #causes: CauseLog;
  readonly #check: ServerCheck | undefined;
  readonly #undecodable: UndecodableMessages | undefined;
  readonly #sets: Record<SubscriptionKind, SubscriptionSet> = {
    channel: this.#createSet('channel'),
    pattern: this.#createSet('pattern'),
  };
  /** Replaced, never changed: whoever goes through them may add and remove some. */
  #handlers: readonly RegisteredHandler[] = [];
  #confirmedListeners: readonly ConfirmedListener[] = [];
  #listening: object | undefined;
  readonly #ear = new ClusterEar(() => this.renew());
  #retryTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    connection: RedisConnection,
    causes: CauseLog,
    { identify, undecodable }: RedisSubscriberSettings = {},
  ) {
    this.#connection = connection;
    this.#causes = causes;
    this.#undecodable = undecodable;
    const onRight = (): void => this.#subscribeAll();
    this.#check = identify && new ServerCheck({ connection, causes, identify, onRight });
    connection.onAway(() => this.#forget());
    connection.onReady(() => this.#begin());
  }

  /** Whether every wanted channel and pattern is confirmed on the present connection. */
  get isReady(): boolean {
    return this.#connection.isReady && this.#missingCount === 0;
  }

  /** Whether Redis has confirmed it on the present connection, after it was wanted last. */
  isConfirmed(kind: SubscriptionKind, name: string): boolean {
    return this.#sets[kind].isConfirmed(name);
  }

  /**
   * Hears every message of every subscription, those whose source are rooms before all others; returns the way to stop it. A
   * message of what has just been unsubscribed may still come.
   *
   * @param source what is counted as undecodable when the handler throws
   */
  onMessage(handle: MessageHandler, source: MessageSource = 'other'): () => void {
    const handler = { handle, source };
    // Events of rooms come most: they are passed on before they are looked at for what else they may be.
    this.#handlers = source === 'room' ? [handler, ...this.#handlers] : [...this.#handlers, handler];
    return () => {
      this.#handlers = without(this.#handlers, handler);
    };
  }

  /**
   * Is told of all that Redis confirms on the present connection, batch by batch: once after each first `subscribe` of a
   * name, or each one that follows an `unsubscribe`, and again after every reconnect. Not told: a name that is
   * unsubscribed meanwhile, and a `subscribe` of what is confirmed already. Returns the way to stop it.
   */
  onConfirmed(listener: ConfirmedListener): () => void {
    this.#confirmedListeners = [...without(this.#confirmedListeners, listener), listener];
    return () => {
      this.#confirmedListeners = without(this.#confirmedListeners, listener);
    };
  }

  /** Wants these from now on. Never fails: what cannot be had now is had as soon as Redis lets us. */
  subscribe(kind: SubscriptionKind, names: readonly string[]): void {
    this.#sets[kind].want(names);
    this.#connection.open();
  }

  /** Wants these no more. */
  unsubscribe(kind: SubscriptionKind, names: readonly string[]): void {
    this.#sets[kind].unwant(names);
  }

  /** Asks `identify` again about the present connection: to be called when its answer may have changed. */
  checkServer(): void {
    this.#check?.again();
  }

  /** Makes the connection anew, and all subscriptions on it: for when it hears nothing, though it answers. */
  renew(): void {
    this.#connection.reconnect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#forget();
    clearTimeout(this.#retryTimer);
    this.#handlers = [];
    this.#confirmedListeners = [];
    await this.#connection.close();
  }

  get #missingCount(): number {
    return this.#sets.channel.missingCount + this.#sets.pattern.missingCount;
  }

  #createSet(kind: SubscriptionKind): SubscriptionSet {
    return new SubscriptionSet({
      send: (action, names) =>
        this.#connection.call((client) => {
          this.#ear.watch(client);
          if (action === 'subscribe') {
            return kind === 'channel' ? client.subscribe(...names) : client.psubscribe(...names);
          }
          return kind === 'channel' ? client.unsubscribe(...names) : client.punsubscribe(...names);
        }),
      confirmed: (names) => this.#tell(kind, names),
      refused: (error) => this.#retryLater(error),
    });
  }

  #forget(): void {
    this.#check?.end();
    this.#ear.forget();
    for (const kind of KINDS) this.#sets[kind].end();
  }

  #begin(): void {
    this.#forget();
    if (this.#isClosed) return;
    this.#listen();
    if (this.#check) this.#check.begin();
    else this.#subscribeAll();
  }

  #subscribeAll(): void {
    for (const kind of KINDS) this.#sets[kind].begin();
  }

  #retryLater(error: unknown): void {
    this.#causes.error(
      'subscribe-refused',
      `Redis refused a subscription, which is tried again: ${String(error)}`,
    );
    this.#retryTimer ??= setTimeout(
      () => {
        this.#retryTimer = undefined;
        for (const kind of KINDS) this.#sets[kind].retry();
      },
      RETRY_REFUSED_MS + RETRY_EACH_MS * this.#missingCount,
    ).unref();
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

  #tell(kind: SubscriptionKind, names: readonly string[]): void {
    for (const listener of this.#confirmedListeners) {
      try {
        listener(kind, names);
      } catch (error) {
        // A fault of this library's own, which must not keep others from hearing.
        this.#causes.error(
          'confirmed-listener',
          `A listener to subscriptions failed: ${thrownReason(error)}`,
        );
      }
    }
  }

  #deliver(channelBytes: Buffer, message: Buffer, pattern: Buffer | null): void {
    // Once for all: every message comes by every handler.
    const channel = channelBytes.toString();
    for (const handler of this.#handlers) {
      try {
        const outcome = handler.handle(channel, message, pattern);
        if (isPromise(outcome)) outcome.then(undefined, (error: unknown) => this.#reject(handler, error));
      } catch (error) {
        this.#reject(handler, error);
      }
    }
  }

  #reject({ source }: RegisteredHandler, error: unknown): void {
    const what = `A message from Redis could not be used and was dropped: ${thrownReason(error)}`;
    if (this.#undecodable) this.#undecodable.report(source, what);
    else this.#causes.warn('undecodable-message', what);
  }
}

function without<Item>(items: readonly Item[], item: Item): Item[] {
  return items.filter((other) => other !== item);
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
