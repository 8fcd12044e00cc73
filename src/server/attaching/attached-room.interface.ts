import type { GapReason } from '../../contract/index.js';
import type { LatestValues, RoomEvent, Token } from '../../room-log/index.js';
import type { FeedRoom } from '../feed/index.js';
import type { Frame } from '../frames/index.js';
import type { DeliveryMeter } from './delivery-meter.js';
import type { ReplayBudget } from './replay-budget.js';
import type { ReplayPump } from './replay-pump.js';

/** A socket on its way into a room, as the room knows it. */
export interface Arriving {
  /** The feed has come to a position; returns whether that need not be told any more. */
  reached(position: Token): boolean;
}

/** The room that a socket is on its way into. */
export interface AttachedRoom<Own extends Arriving> {
  readonly feed: FeedRoom;
  readonly shared: AttachmentsShare;
  frameOf(event: RoomEvent): Frame | undefined;
  gapFrame(reason: GapReason, position: Token): Frame | undefined;
  /** The socket has exactly what the feed has: from now on it is delivered to. */
  attach(attachment: Own, latest: LatestValues | undefined): void;
  /** Calls `reached` of the attachment at every position of the feed, until it returns true. */
  awaitFeed(attachment: Own): void;
}

/** What all attachments of a namespace share. */
export interface AttachmentsShare {
  readonly pump: ReplayPump;
  readonly budget: ReplayBudget;
  readonly maxReplay: number;
  readonly meter: DeliveryMeter;
}
