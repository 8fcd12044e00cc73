import type { Counter } from '../../metrics/index.js';
import type { RoomLog } from '../../room-log/index.js';
import type { LookTurns } from './look-turns.js';

/** What all rooms of a feed have in common. */
export interface FeedRoomSettings {
  readonly log: RoomLog;
  /** Of the rooms' own looks, but for the first one of each. */
  readonly turns: LookTurns;
  /** The most events that are replayed to a receiver. */
  readonly maxReplay: number;
  /** Told that a look failed, so that it is logged. */
  readonly onFailure: (error: unknown) => void;
  /** Told by how many characters a room holds more messages, or fewer. */
  readonly onHeld: (room: { dropHeld(): void }, chars: number) => void;
  /** Counts the looks that found events whose messages had not come. */
  readonly holes: Counter;
}
