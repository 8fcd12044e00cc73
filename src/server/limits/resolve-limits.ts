import { GatewayError } from '../../contract/index.js';
import type { LimitsOptions, ResolvedLimits } from './limits.options.js';

/** What a replay may leave unsent, beside one event. */
const REPLAY_BYTES = 512 * 1024;

/**
 * Fills in the defaults of limits that have been checked.
 *
 * @param maxPayloadBytes the largest payload of an event that the library sends
 * @throws INVALID_OPTIONS
 */
export function resolveLimits(limits: LimitsOptions = {}, maxPayloadBytes: number): ResolvedLimits {
  const atLeast = REPLAY_BYTES + maxPayloadBytes;
  if (limits.maxQueuedBytes !== undefined && limits.maxQueuedBytes < atLeast) {
    throw new GatewayError(
      'INVALID_OPTIONS',
      `Socket gateway options: limits.maxQueuedBytes: must be at least ${atLeast}: ${REPLAY_BYTES} for a replay, and one payload of maxPayloadBytes.`,
    );
  }
  const maxPacketBytes = limits.maxPacketBytes ?? 100_000;
  return Object.freeze({
    maxPacketBytes,
    eventsPerSecond: Object.freeze({
      perSocket: limits.eventsPerSecond?.perSocket ?? 200,
      perUser: limits.eventsPerSecond?.perUser ?? 1000,
    }),
    bytesPerSecond: Object.freeze({
      perSocket: limits.bytesPerSecond?.perSocket ?? Math.max(1_000_000, 10 * maxPacketBytes),
      perUser: limits.bytesPerSecond?.perUser ?? Math.max(5_000_000, 50 * maxPacketBytes),
    }),
    floodPauseMs: limits.floodPauseMs ?? 10_000,
    roomsPerSocket: limits.roomsPerSocket ?? 100,
    connectionsPerUser: limits.connectionsPerUser ?? 20,
    connectionsPerUserKeeps: limits.connectionsPerUserKeeps ?? 'newest',
    handshakeTimeoutMs: limits.handshakeTimeoutMs ?? 10_000,
    namespacesPerConnection: limits.namespacesPerConnection ?? 100,
    handshakesPerSecond: Object.freeze({
      perUser: limits.handshakesPerSecond?.perUser ?? 20,
      refusedPerAddress: limits.handshakesPerSecond?.refusedPerAddress ?? 50,
    }),
    unauthenticatedPerAddress: limits.unauthenticatedPerAddress ?? 1000,
    trustedProxies: limits.trustedProxies ?? 0,
    joinsInFlight: limits.joinsInFlight ?? 100,
    checksPerSecond: limits.checksPerSecond ?? 20,
    maxQueuedBytes: limits.maxQueuedBytes ?? Math.max(1024 * 1024, REPLAY_BYTES + 4 * maxPayloadBytes),
  });
}
