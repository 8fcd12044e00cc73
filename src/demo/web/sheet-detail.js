import { columnsTable } from './columns-table.js';
import { el } from './dom.js';
import * as format from './format.js';

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/**
 * Shows what is known of a file: its columns when it is done, why not when it has failed.
 *
 * @param {import('./import-state.js').FileState | undefined} file
 * @returns {HTMLElement}
 */
export function sheetDetail(file) {
  if (file === undefined || file.status === 'waiting' || file.status === 'running') {
    return el('div', { class: 'detail-empty muted' }, 'The columns appear here as soon as a file is done.');
  }
  if (file.status === 'failed') {
    return el(
      'div',
      { class: 'detail-empty' },
      el('p', { class: 'detail-title' }, `${file.name} could not be imported`),
      el('p', { class: 'failure' }, file.message),
    );
  }
  const { sheet: result } = file;
  if (result === undefined)
    return el('div', { class: 'detail-empty muted' }, 'What was found in it could not be sent.');
  const facts = [
    format.plural(result.rows, 'row'),
    format.plural(result.columnCount, 'column'),
    `separated by ${DELIMITERS[result.delimiter]}`,
    format.bytes(file.bytes),
    format.duration(file.durationMs),
  ];
  return el(
    'div',
    { class: 'detail' },
    el(
      'div',
      { class: 'detail-head' },
      el('h4', { class: 'detail-title' }, file.name),
      el('p', { class: 'muted' }, facts.join(' · ')),
    ),
    result.notes.length > 0 &&
      el('ul', { class: 'notes' }, ...result.notes.map((note) => el('li', {}, note))),
    result.problems.total > 0 && problems(result.problems),
    el(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': `Columns of ${file.name}` },
      columnsTable(result),
    ),
  );
}

function problems({ total, list }) {
  const more = total - list.length;
  return el(
    'details',
    { class: 'problems' },
    el('summary', {}, `${format.plural(total, 'problem')} found`),
    el(
      'ol',
      { class: 'problem-list' },
      ...list.map(({ line, message }) =>
        el('li', {}, el('span', { class: 'line' }, `Line ${format.count(line)}`), el('span', {}, message)),
      ),
    ),
    more > 0 && el('p', { class: 'muted small' }, `and ${format.count(more)} more`),
  );
}
