import type { RedisSubscriber } from '../../redis/index.js';

type PatternListener = (pattern: Buffer, channel: Buffer, message: Buffer) => unknown;
type ChannelListener = (channel: Buffer, message: Buffer) => unknown;

/**
 * The client that `@socket.io/redis-adapter` subscribes with: it asks once and never again, and takes whatever
 * arrives. Behind it, {@link RedisSubscriber} keeps the subscriptions and catches what a message makes it throw.
 */
export class AdapterSubscriber {
  readonly #subscriber: RedisSubscriber;
  readonly #stops = new Map<unknown, () => void>();

  constructor(subscriber: RedisSubscriber) {
    this.#subscriber = subscriber;
  }

  subscribe(channels: string[]): void {
    this.#subscriber.subscribe('channel', channels);
  }

  unsubscribe(channels: string[]): void {
    this.#subscriber.unsubscribe('channel', channels);
  }

  psubscribe(pattern: string): void {
    this.#subscriber.subscribe('pattern', [literalPrefix(pattern)]);
  }

  punsubscribe(pattern: string): void {
    this.#subscriber.unsubscribe('pattern', [literalPrefix(pattern)]);
  }

  on(event: string, listener: PatternListener | ChannelListener): void {
    if (event === 'pmessageBuffer') {
      const onPattern = listener;
      const stop = this.#subscriber.onMessage((channel, message, pattern) =>
        pattern === null ? undefined : onPattern(pattern, channel, message),
      );
      this.#stops.set(listener, stop);
    } else if (event === 'messageBuffer') {
      const onChannel = listener as ChannelListener;
      const stop = this.#subscriber.onMessage((channel, message, pattern) =>
        pattern === null ? onChannel(channel, message) : undefined,
      );
      this.#stops.set(listener, stop);
    }
    // 'error': the connection reports its own.
  }

  off(_event: string, listener: unknown): void {
    this.#stops.get(listener)?.();
    this.#stops.delete(listener);
  }
}

/**
 * The adapter appends `*` to the name of its namespace. Brackets in that name would be read as a pattern, and no
 * message of another server would ever match.
 */
function literalPrefix(pattern: string): string {
  return `${pattern.slice(0, -1).replace(/[\\*?[\]]/g, '\\$&')}*`;
}
