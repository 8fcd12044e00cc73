/**
 * What came of one scenario of the chaos suite, as test/chaos/support/records.ts writes it.
 * @typedef {object} ChaosRecord
 * @property {string} what
 * @property {number} emitted
 * @property {number} delivered
 * @property {number} lost
 * @property {number} repeated
 * @property {number} outOfOrder
 * @property {number} gaps
 * @property {number} silent
 */

const SUMS = /** @type {const} */ ([
  ['emitted', 'emitted'],
  ['delivered', 'delivered'],
  ['lost', 'lost'],
  ['repeated', 'repeated'],
  ['outOfOrder', 'out of order'],
  ['gaps', 'gaps'],
  ['silent', 'silent losses'],
]);

/**
 * What was done, how often, and the sums of what came of it, as a table of Markdown.
 * @param {readonly ChaosRecord[]} records
 * @returns {string}
 */
export function chaosTable(records) {
  const names = [...new Set(records.map(({ what }) => what))];
  const rows = names.map((name) => {
    const own = records.filter(({ what }) => what === name);
    const sums = SUMS.map(([count]) => own.reduce((sum, record) => sum + record[count], 0));
    return [name, own.length, ...sums].map(String);
  });
  return markdownTable(['what was done', 'times', ...SUMS.map(([, title]) => title)], rows);
}

/**
 * A fault or an abuse that was tried once, as test/chaos/support/trials.ts writes it.
 * @typedef {object} Trial
 * @property {string} trial
 * @property {string} extent
 * @property {string} result
 */

/**
 * What was tried, how much of it and how often, and what came of it each time, as a table of Markdown.
 * @param {readonly Trial[]} trials
 * @returns {string}
 */
export function trialTable(trials) {
  const names = [...new Set(trials.map(({ trial }) => trial))];
  const rows = names.map((name) => {
    const own = trials.filter(({ trial }) => trial === name);
    const extents = [...new Set(own.map(({ extent }) => extent))].join(', ');
    const results = [...new Set(own.map(({ result }) => result))].join('<br>');
    return [name, extents, String(own.length), results];
  });
  return markdownTable(['what was tried', 'extent', 'times', 'result'], rows, [2]);
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @param {readonly number[]} [numbers] the columns that are aligned to the right; all but the first unless told
 */
function markdownTable(head, rows, numbers = head.map((_, column) => column).slice(1)) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => (numbers.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    numbers.includes(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
