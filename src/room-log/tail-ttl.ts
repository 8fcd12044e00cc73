import type { RoomLogLimits } from '../config/index.js';

/** How long the tail of a room is kept after its last event: longer than its log, so that "nothing missed" is provable. */
export function tailTtlMs(limits: RoomLogLimits): number {
  return 2 * limits.ttlMs;
}
