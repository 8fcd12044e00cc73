import type { RedisSubscriber } from '../../redis/index.js';
import { parseRoomMessage, RoomKeys, type RoomMessage, type RoomScope } from '../../room-log/index.js';
import { KnownEmitters } from './known-emitters.js';
import type { RoomChannels } from './room-channels.interface.js';

/** The channels of a log in Redis. */
export class RedisRoomChannels implements RoomChannels {
  readonly #subscriber: RedisSubscriber;
  readonly #keys: RoomKeys;
  readonly #emitters = new KnownEmitters();

  /** @param subscriber stays the caller's, who closes it */
  constructor(subscriber: RedisSubscriber, scope: RoomScope) {
    this.#subscriber = subscriber;
    this.#keys = new RoomKeys(scope);
  }

  follow(room: string): void {
    this.#subscriber.subscribe('channel', [this.#keys.channel(room)]);
  }

  unfollow(room: string): void {
    this.#subscriber.unsubscribe('channel', [this.#keys.channel(room)]);
  }

  onConfirmed(listener: (rooms: readonly string[]) => void): () => void {
    return this.#subscriber.onConfirmed((_, channels) => {
      const rooms = channels
        .map((channel) => this.#keys.roomOf(channel))
        .filter((room) => room !== undefined);
      if (rooms.length > 0) listener(rooms);
    });
  }

  onMessage(listener: (room: string, message: RoomMessage) => void): () => void {
    return this.#subscriber.onMessage((channel, bytes, pattern) => {
      const room = pattern === null ? this.#keys.roomOf(channel) : undefined;
      if (room === undefined) return;
      const message = parseRoomMessage(bytes);
      if (!message || !this.#emitters.vouchFor(room, message)) {
        throw new TypeError("a message on a room's channel is none of ours");
      }
      listener(room, message);
    }, 'room');
  }
}
