/** Redis has not taken an event for so long: longer than a busy moment. */
const LATE_MS = 1000;

/** Something is sent through the whole path every 5 s. */
const PROBE_LATE_MS = 7000;

/**
 * How a process is, by its own word.
 *
 * @param {import('../../operations/index.js').FigureSample} sample
 * @returns {'well' | 'away' | 'alone' | 'not-ready'} `away`: Redis does not answer; `alone`: there is none
 */
export function conditionOf({ redis, ready, connected, outboxAgeMs, probeAgeMs }) {
  if (redis === 'none') return 'alone';
  const isAway = connected === false || outboxAgeMs >= LATE_MS || (probeAgeMs ?? 0) >= PROBE_LATE_MS;
  if (isAway) return 'away';
  return ready ? 'well' : 'not-ready';
}

/** When it began that Redis does not answer, by a sample that says so. */
export function awaySince({ time, outbox, outboxAgeMs }) {
  return outbox > 0 ? time - outboxAgeMs : time;
}
