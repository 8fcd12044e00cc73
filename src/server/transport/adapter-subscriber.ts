import { RELAYED } from '../../publishing/index.js';
import type { RedisSubscriber } from '../../redis/index.js';
import { checkRequest, checkResponse } from './adapter-message.js';
import type { AdapterParser } from './adapter-parser.js';

/** The adapter takes the names of channels as bytes or as texts. */
type PatternListener = (pattern: Buffer, channel: string, message: Buffer) => unknown;
type ChannelListener = (channel: string, message: Buffer) => unknown;

/** Told of a broadcast that was decoded; returns what to call when this server's sockets have been handed it. */
type TraceBroadcast = (message: unknown) => (() => void) | undefined;

/** How the requests begin by which sockets join, leave and are disconnected, after the sender's id. */
const MEMBERSHIP_TYPES = [2, 3, 4];

/**
 * The client that one `@socket.io/redis-adapter` subscribes with: it asks once and never again, and takes whatever
 * arrives. Behind it, {@link RedisSubscriber} keeps the subscriptions and catches what a message makes it throw.
 */
export class AdapterSubscriber {
  readonly #subscriber: RedisSubscriber;
  readonly #parser: AdapterParser;
  readonly #stops = new Map<unknown, () => void>();
  /** Of requests and answers. */
  readonly #channels = new Set<string>();
  /** How the channels of broadcasts begin. */
  #broadcasts = '';
  #ownRequests: readonly Buffer[] = [];
  #trace: TraceBroadcast | undefined;

  /** @param parser with which the adapter reads what is not JSON */
  constructor(subscriber: RedisSubscriber, parser: AdapterParser) {
    this.#subscriber = subscriber;
    this.#parser = parser;
  }

  /** Keeps from the adapter with this id its own requests about its sockets, which it has fulfilled already. */
  ignoreRequestsOf(id: string): void {
    this.#ownRequests = MEMBERSHIP_TYPES.map((type) =>
      Buffer.from(`${JSON.stringify({ uid: id, type }).slice(0, -1)},`),
    );
  }

  /** From now on tells of what other processes broadcast. */
  traceBroadcasts(trace: TraceBroadcast): void {
    this.#trace = trace;
  }

  subscribe(channels: string[]): void {
    for (const channel of channels) this.#channels.add(channel);
    this.#subscriber.subscribe('channel', channels);
  }

  unsubscribe(channels: string[]): void {
    for (const channel of channels) this.#channels.delete(channel);
    this.#subscriber.unsubscribe('channel', channels);
  }

  psubscribe(pattern: string): void {
    this.#broadcasts = pattern.slice(0, -1);
    this.#subscriber.subscribe('pattern', [literalPrefix(pattern)]);
  }

  punsubscribe(pattern: string): void {
    this.#subscriber.unsubscribe('pattern', [literalPrefix(pattern)]);
  }

  on(event: string, listener: PatternListener | ChannelListener): void {
    if (event === 'pmessageBuffer') {
      const onPattern = listener as PatternListener;
      const stop = this.#subscriber.onMessage((channel, message, pattern) => {
        const room = pattern === null ? undefined : this.#roomOf(channel);
        if (pattern === null || room === undefined) return undefined;
        return this.#hand(room, () => onPattern(pattern, channel, message));
      }, 'broadcast');
      this.#stops.set(listener, stop);
    } else if (event === 'messageBuffer') {
      const onChannel = listener as ChannelListener;
      const stop = this.#subscriber.onMessage((channel, message, pattern) => {
        return pattern === null && this.#isForAdapter(channel, message)
          ? onChannel(channel, message)
          : undefined;
      }, 'request');
      this.#stops.set(listener, stop);
    }
    // 'error': the connection reports its own.
  }

  off(_event: string, listener: unknown): void {
    this.#stops.get(listener)?.();
    this.#stops.delete(listener);
  }

  /** Gives a broadcast to the adapter, which decodes it and hands it to sockets in this call. */
  #hand(room: string, read: () => unknown): unknown {
    const trace = this.#trace;
    if (!trace) return this.#parser.ofChannel(room, read);
    let delivered: (() => void) | undefined;
    const outcome = this.#parser.ofChannel(room, read, (message) => (delivered = trace(message)));
    delivered?.();
    return outcome;
  }

  /** Of '<prefix>#<namespace>#<room>#', and '' of '<prefix>#<namespace>#'; undefined for another namespace's. */
  #roomOf(channel: string): string | undefined {
    return channel.startsWith(this.#broadcasts) ? channel.slice(this.#broadcasts.length, -1) : undefined;
  }

  /** @throws when it is a request, or an answer, that no server sends */
  #isForAdapter(channel: string, message: Buffer): boolean {
    if (!this.#channels.has(channel)) return false;
    // '<prefix>-request#<namespace>#', and no prefix contains '#'.
    const isRequest = channel.slice(0, channel.indexOf('#')).endsWith('-request');
    if (isRequest && this.#ownRequests.some((start) => message.subarray(0, start.length).equals(start)))
      return false;
    // Requests are rare: reading each twice costs nothing that anybody could notice.
    const read: unknown = message[0] === 0x7b ? JSON.parse(message.toString()) : this.#parser.decode(message);
    if (isRequest) checkRequest(read);
    else checkResponse(read);
    return !isRequest || !isRelayed(read);
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
