import * as format from './format.js';
import { isOver as hasEnded } from './import-state.js';

/**
 * What a card says of its import in sentences: all that a reader would wonder about.
 *
 * @param {import('./import-state.js').ImportState} state
 * @param {string} [refusal] why it is not done again
 */
export function importNotes(state, refusal) {
  const { status, message, missed } = state;
  const unknown = (state.summary?.files ?? 0) - [...state.files.values()].filter(hasEnded).length;
  return [
    state.restarts > 0 && restartNote(state),
    missed !== undefined && `Events are missing here: ${missed}.`,
    unknown > 0 && `${format.plural(unknown, 'result')} of it are not kept any more.`,
    status === 'retrying' && `${message} It will be tried again.`,
    status === 'failed' && message,
    refusal,
  ]
    .filter(Boolean)
    .join(' ');
}

/** The share of the import falls by what the lost worker had read of a file: the reader should know why. */
function restartNote({ interrupted, isOver }) {
  const again =
    interrupted === undefined ? '' : `; ${interrupted} ${isOver ? 'was' : 'is'} read from its start again`;
  return `Its worker was lost, so another one began again. What was done before stays${again}.`;
}
