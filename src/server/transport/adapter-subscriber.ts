import { RELAYED } from '../../publishing/index.js';
import type { RedisSubscriber } from '../../redis/index.js';
import { checkRequest } from './adapter-message.js';

type PatternListener = (pattern: Buffer, channel: Buffer, message: Buffer) => unknown;
type ChannelListener = (channel: Buffer, message: Buffer) => unknown;

/** How the requests begin by which sockets join, leave and are disconnected, after the sender's id. */
const MEMBERSHIP_TYPES = [2, 3, 4];

/**
 * The client that one `@socket.io/redis-adapter` subscribes with: it asks once and never again, and takes whatever
 * arrives. Behind it, {@link RedisSubscriber} keeps the subscriptions and catches what a message makes it throw.
 */
export class AdapterSubscriber {
  readonly #subscriber: RedisSubscriber;
  readonly #decode: (bytes: Buffer) => unknown;
  readonly #stops = new Map<unknown, () => void>();
  #ownRequests: readonly Buffer[] = [];

  /** @param decode reads what is not JSON */
  constructor(subscriber: RedisSubscriber, decode: (bytes: Buffer) => unknown) {
    this.#subscriber = subscriber;
    this.#decode = decode;
  }

  /** Keeps from the adapter with this id its own requests about its sockets, which it has fulfilled already. */
  ignoreRequestsOf(id: string): void {
    this.#ownRequests = MEMBERSHIP_TYPES.map((type) =>
      Buffer.from(`${JSON.stringify({ uid: id, type }).slice(0, -1)},`),
    );
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
        pattern === null && this.#isForAdapter(channel, message) ? onChannel(channel, message) : undefined,
      );
      this.#stops.set(listener, stop);
    }
    // 'error': the connection reports its own.
  }

  off(_event: string, listener: unknown): void {
    this.#stops.get(listener)?.();
    this.#stops.delete(listener);
  }

  /** @throws when it is a request that no server sends */
  #isForAdapter(channel: Buffer, message: Buffer): boolean {
    // '<prefix>-request#<namespace>#', and no prefix contains '#'.
    if (!channel.subarray(0, channel.indexOf('#')).toString().endsWith('-request')) return true;
    if (this.#ownRequests.some((start) => message.subarray(0, start.length).equals(start))) return false;
    // Requests are rare: reading each twice costs nothing that anybody could notice.
    const request: unknown = message[0] === 0x7b ? JSON.parse(message.toString()) : this.#decode(message);
    checkRequest(request);
    return !isRelayed(request);
  }
}

/** Whether it is a command that the control room has brought already, and in its order. */
function isRelayed(request: unknown): boolean {
  const { except } = (request as { opts?: { except?: unknown } }).opts ?? {};
  return Array.isArray(except) && except.includes(RELAYED);
}

/**
 * The adapter appends `*` to the name of its namespace. Brackets in that name would be read as a pattern, and no
 * message of another server would ever match.
 */
function literalPrefix(pattern: string): string {
  return `${pattern.slice(0, -1).replace(/[\\*?[\]]/g, '\\$&')}*`;
}
