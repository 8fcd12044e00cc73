import type { RoomMessage } from '../../room-log/index.js';

/** Where the messages of rooms come from: what a log publishes as it appends. Listening returns the way to stop it. */
export interface RoomChannels {
  /** Wants the messages of a room from now on; `onConfirmed` tells when they come, at every connection anew. */
  follow(room: string): void;

  unfollow(room: string): void;

  /** Told of rooms whose messages come from this moment on; what was published before may have been missed. */
  onConfirmed(listener: (rooms: readonly string[]) => void): () => void;

  onMessage(listener: (room: string, message: RoomMessage) => void): () => void;
}
