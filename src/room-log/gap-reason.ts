import type { GapReason } from '../contract/index.js';
import { compareStreamIds, streamIdOf, type StreamId, type Token } from './position.js';

/** What one atomic look at a room showed to a receiver whose position the log could not go on from. */
export interface GapFacts {
  readonly position: Token;
  readonly tail: Token;
  /** The genesis of the chain; undefined when it is not known. */
  readonly genesis: Token | undefined;
  /** The oldest entry that is kept: its id and the token before it. */
  readonly oldest: { readonly id: string; readonly prev: Token } | undefined;
  readonly nowMs: number;
  readonly logTtlMs: number;
  readonly tailTtlMs: number;
}

/** How often within its time a log's expiry is moved; append.lua. */
const REFRESHES_PER_TTL = 64;

/** Why the log cannot go on from a position; protocol.md, "Attach script". */
export function gapReason(facts: GapFacts): Extract<GapReason, 'trimmed' | 'expired' | 'rolled-back'> {
  const { position, tail, genesis, oldest, nowMs, logTtlMs, tailTtlMs } = facts;
  const at = streamIdOf(position);
  const end = streamIdOf(tail);
  // An expiry may be that much older than the last event: it is not moved at every append. A genesis is dated back by 1 ms.
  const slackMs = logTtlMs / REFRESHES_PER_TTL + 1;
  if (genesis !== undefined && position !== genesis) {
    const born = streamIdOf(genesis);
    // The room began anew after this position: it was forgotten while the tail should still have been kept, or not.
    if (at.ms <= born.ms) return born.ms + slackMs < at.ms + tailTtlMs ? 'rolled-back' : 'expired';
  }
  if (compareStreamIds(end, at) < 0) return 'rolled-back';
  if (!oldest) return nowMs + slackMs >= end.ms + logTtlMs ? 'expired' : 'trimmed';
  // Nothing has left this log since its first event: what was at the position was there, and was forgotten.
  if (oldest.prev === genesis) return 'rolled-back';
  const first: StreamId = streamIdOf(oldest.id);
  if (compareStreamIds(at, first) >= 0) return 'rolled-back';
  return first.ms - streamIdOf(oldest.prev).ms >= logTtlMs ? 'expired' : 'trimmed';
}
