import type { GapReason } from '../../contract/index.js';
import type { LatestValues, RoomEvent, Token } from '../../room-log/index.js';

/** Who is told what happens in a room that is followed. */
export interface RoomListener {
  /** The next durable event. */
  event(event: RoomEvent): void;
  /** An event that was delivered before is in the log a second time: Redis had forgotten it, and it was sent again. */
  repeated(event: RoomEvent): void;
  /** The newest value of a key. */
  latest(key: string, data: string): void;
  /** The latest values are being read. */
  latestReadBegins(): void;
  /** They were read: what differs from what was told before has just been told. */
  latestSynced(values: LatestValues): void;
  /** Durable events are missing before the next one; `position` is where it goes on. */
  gap(reason: GapReason, position: Token): void;
  /** A receiver that has everything up to `position` gets from now on exactly what it has not. */
  reached(position: Token): void;
}
