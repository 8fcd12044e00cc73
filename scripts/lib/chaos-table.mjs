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
  const head = ['what was done', 'times', ...SUMS.map(([, title]) => title)];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
