import * as format from './format.js';

/**
 * A process that reads says so ten times a second. From here on it may stand still or be lost, and what it said of how
 * fast it was and how long it would take is not repeated.
 */
const OVERDUE_AFTER_MS = 1500;

/**
 * What a card says of its import in one line.
 *
 * @param {import('./import-state.js').ImportState} state
 * @param {{ silenceMs: number, isConnected: boolean }} news for how long nothing was heard of it, and whether this page
 * could have heard something
 */
export function importFacts(state, news) {
  const { time, status } = state;
  const facts = [`begun at ${format.time(time)}`];
  if (status === 'queued' || status === 'retrying') facts.push('waiting for a process that has time');
  if (status === 'running') facts.push(...progressFacts(state, news));
  if (state.summary !== undefined) facts.push(...summaryFacts(state));
  return facts.join(' · ');
}

function progressFacts(state, { silenceMs, isConnected }) {
  const { by, share, progress, isRereading } = state;
  const isOverdue = silenceMs >= OVERDUE_AFTER_MS;
  const { rate, remainingMs } = (!isOverdue && progress) || {};
  return [
    by && `in ${by.role} ${by.pid}`,
    share !== undefined && `${Math.floor(share * 100)} %`,
    isRereading && 'reading again what was done before',
    rate > 0 && `${format.bytes(rate)}/s`,
    remainingMs >= 1000 && `about ${format.duration(remainingMs)} left`,
    isOverdue && `no news for ${Math.floor(silenceMs / 1000)} s${reasonOf(state, isConnected)}`,
  ].filter(Boolean);
}

/** Why it may be longer, or why nothing can be heard. */
function reasonOf({ isHeardLive }, isConnected) {
  if (!isConnected) return ', as this page is not connected';
  return isHeardLive ? '' : ', since this page is connected';
}

/** Rows and problems are those of the files that could be read: of a failed one nothing is known. */
function summaryFacts({ summary: { files, failedFiles, rows, problems, durationMs }, runs }) {
  const found = problems === 0 ? 'no problems' : format.plural(problems, 'problem');
  const read = files - failedFiles;
  const duration = format.duration(durationMs);
  return [
    `${format.plural(files, 'file')}${failedFiles > 0 ? `, ${failedFiles} failed` : ''}`,
    format.plural(rows, 'row'),
    failedFiles > 0 ? `${found} in the other ${read === 1 ? 'one' : format.count(read)}` : found,
    runs > 1 ? `${duration} in the last run` : duration,
  ];
}
