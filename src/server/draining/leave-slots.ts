/** For how long at most after its slot a client is left to go by itself. */
const MOST_GRACE_MS = 500;

/** When each of a number of connections is to leave, spread evenly so that the other servers are not all asked at once. */
export interface LeaveSlots {
  /** How long after its slot a connection that is still there is closed. */
  readonly graceMs: number;
  /** The slot of each, in ms from now; the last one's grace ends when the time is up. */
  readonly slotsMs: readonly number[];
}

export function leaveSlots(count: number, drainMs: number): LeaveSlots {
  const graceMs = Math.min(MOST_GRACE_MS, drainMs / 10);
  const spanMs = drainMs - graceMs;
  const slotsMs = Array.from({ length: count }, (_, index) => Math.round(((index + 0.5) / count) * spanMs));
  return { graceMs, slotsMs };
}
