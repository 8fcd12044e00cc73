import type { AppendReport } from '../../room-log/index.js';
import type { Lane } from './lane.js';
import { resultOf, type LaneEvent } from './lane-event.js';

/**
 * Tells the emitters of a batch what came of it, and its lane the newest token.
 *
 * @param known called with each of its events that the log knows by their seq
 */
export function settleBatch(
  lane: Lane,
  events: readonly LaneEvent[],
  { outcomes, receivers }: Extract<AppendReport, { status: 'done' }>,
  known: (event: LaneEvent) => void,
): void {
  events.forEach((event, index) => {
    const outcome = outcomes[index];
    if (!outcome) return;
    if (outcome.outcome === 'appended' || outcome.outcome === 'before') lane.learnToken(outcome.token);
    event.settle(resultOf(outcome, receivers));
    // What is not in the log need not be known there by its seq.
    if (outcome.outcome !== 'duplicate' && outcome.outcome !== 'fenced') known(event);
  });
}
