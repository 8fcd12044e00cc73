import * as v from 'valibot';
import { wholeNumber } from '../../config/index.js';

const eventsPerSecond = v.optional(wholeNumber(1, 1_000_000));
const handshakesPerSecond = v.optional(wholeNumber(1, 1_000_000));
const bytesPerSecond = v.optional(wholeNumber(16 * 1024, 1024 * 1024 * 1024));

/** Checks `LimitsOptions`. */
export const limitsSchema = v.strictObject({
  maxPacketBytes: v.optional(wholeNumber(1024, 64 * 1024 * 1024)),
  eventsPerSecond: v.optional(v.strictObject({ perSocket: eventsPerSecond, perUser: eventsPerSecond })),
  bytesPerSecond: v.optional(v.strictObject({ perSocket: bytesPerSecond, perUser: bytesPerSecond })),
  floodPauseMs: v.optional(wholeNumber(0, 3_600_000)),
  roomsPerSocket: v.optional(wholeNumber(0, 100_000)),
  connectionsPerUser: v.optional(wholeNumber(1, 1_000_000)),
  connectionsPerUserKeeps: v.optional(v.picklist(['newest', 'oldest'], "must be 'newest' or 'oldest'")),
  handshakeTimeoutMs: v.optional(wholeNumber(100, 600_000)),
  namespacesPerConnection: v.optional(wholeNumber(1, 10_000)),
  handshakesPerSecond: v.optional(
    v.strictObject({ perUser: handshakesPerSecond, refusedPerAddress: handshakesPerSecond }),
  ),
  unauthenticatedPerAddress: v.optional(wholeNumber(1, 1_000_000)),
  trustedProxies: v.optional(wholeNumber(0, 10)),
  joinsInFlight: v.optional(wholeNumber(1, 10_000)),
  checksPerSecond: v.optional(wholeNumber(1, 1_000_000)),
  maxQueuedBytes: v.optional(wholeNumber(512 * 1024, 1024 * 1024 * 1024)),
});
