import type { RoomMessage } from '../../room-log/index.js';
import type { RoomChannels } from './room-channels.interface.js';

/** The channels of a log in this process: nothing is ever missed. */
export class LocalRoomChannels implements RoomChannels {
  readonly #followed = new Set<string>();
  #onConfirmed: ((rooms: readonly string[]) => void) | undefined;
  #onMessage: ((room: string, message: RoomMessage) => void) | undefined;

  /** What the log publishes with; returns how many servers were told: this one, or none. */
  publish(room: string, message: RoomMessage): number {
    if (!this.#followed.has(room)) return 0;
    this.#onMessage?.(room, message);
    return 1;
  }

  follow(room: string): void {
    this.#followed.add(room);
    // Never from within the call, as with a Redis.
    queueMicrotask(() => {
      if (this.#followed.has(room)) this.#onConfirmed?.([room]);
    });
  }

  unfollow(room: string): void {
    this.#followed.delete(room);
  }

  onConfirmed(listener: (rooms: readonly string[]) => void): () => void {
    this.#onConfirmed = listener;
    return () => (this.#onConfirmed = undefined);
  }

  onMessage(listener: (room: string, message: RoomMessage) => void): () => void {
    this.#onMessage = listener;
    return () => (this.#onMessage = undefined);
  }
}
