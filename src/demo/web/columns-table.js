import { el } from './dom.js';
import * as format from './format.js';
import { drawDistribution, hasFrequentValues } from './histogram.js';

/**
 * Makes the table of a sheet's columns.
 *
 * @param {any} result
 * @returns {HTMLElement}
 */
export function columnsTable(result) {
  const head = ['Column', 'Distribution', 'Filled', 'Distinct', 'Min', 'Mean', 'Max'];
  return el(
    'table',
    { class: 'columns' },
    el(
      'thead',
      {},
      el(
        'tr',
        {},
        ...head.map((title, index) => el('th', { scope: 'col', class: index > 1 && 'number' }, title)),
      ),
    ),
    el('tbody', {}, ...result.columns.map(row)),
  );
}

function row(column) {
  const { name, type, count, empties, misfits } = column;
  const filled = count + empties === 0 ? 0 : count / (count + empties);
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row' },
      el('span', { class: 'column-name', title: name }, name),
      el('span', { class: `type type-${type}` }, type),
      misfits > 0 &&
        el(
          'span',
          { class: 'misfits', title: 'Cells that do not fit the type' },
          `${format.count(misfits)} invalid`,
        ),
    ),
    el(
      'td',
      { class: 'distribution' },
      drawDistribution(column) ??
        el('span', { class: 'muted' }, column.count === 0 ? 'no values' : 'nothing frequent'),
    ),
    el(
      'td',
      {
        class: 'number',
        'data-label': 'Filled',
        title: `${format.count(count)} filled, ${format.count(empties)} empty`,
      },
      el('span', { class: 'cell-value' }, empties === 0 ? '100 %' : shareBelowAll(filled)),
      empties > 0 && el('span', { class: 'sub' }, `${format.count(empties)} empty`),
    ),
    el(
      'td',
      {
        class: 'number',
        'data-label': 'Distinct',
        title: column.distinct.exact ? 'Counted' : 'Estimated, about 1 % off',
      },
      el(
        'span',
        { class: 'cell-value' },
        `${column.distinct.exact ? '' : '≈ '}${format.count(column.distinct.count)}`,
      ),
    ),
    ...(column.mean === undefined ? [frequentValues(column)] : numbers(column)),
  );
}

/** 99.96 % is not 100 %. */
function shareBelowAll(filled) {
  return filled > 0.99 ? `${Math.min(99.9, Math.floor(filled * 1000) / 10)} %` : format.percent(filled);
}

function numbers({ type, min, mean, max }) {
  const show = type === 'date' ? format.date : format.value;
  return [
    ['Min', min],
    ['Mean', mean],
    ['Max', max],
  ].map(([label, number]) =>
    el(
      'td',
      { class: 'number', 'data-label': label, title: type === 'date' ? show(number) : String(number) },
      el('span', { class: 'cell-value' }, type === 'date' ? show(number).slice(0, 10) : show(number)),
    ),
  );
}

function frequentValues({ count, top }) {
  if (top === undefined || top.values.length === 0) return el('td', { colspan: 3 });
  const values = top.values.slice(0, 3);
  if (!hasFrequentValues(top)) {
    const examples = values.map(({ value }) => value).join(', ');
    return el(
      'td',
      { colspan: 3, class: 'frequent', title: examples },
      el('span', { class: 'muted' }, 'such as '),
      examples,
    );
  }
  const shares = values.map(({ value, count: times }) => ({ value, share: format.percent(times / count) }));
  return el(
    'td',
    {
      colspan: 3,
      class: 'frequent',
      title: shares.map(({ value, share }) => `${value} ${share}`).join(' · '),
    },
    top.missing > 0 && el('span', { class: 'muted' }, 'at least '),
    ...shares.flatMap(({ value, share }, index) => [
      index > 0 && el('span', { class: 'muted' }, ' · '),
      value,
      el('span', { class: 'muted' }, ` ${share}`),
    ]),
  );
}
