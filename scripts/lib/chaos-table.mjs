/**
 * What came of one scenario of the chaos suite, as test/chaos/support/records.ts writes it.
 * @typedef {object} ChaosRecord
 * @property {string} what
 * @property {string} extent
 * @property {string} test the file of the test
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
 * What was done, how often, and the sums of what came of it, as a table of Markdown, in the order of the tests.
 * @param {readonly ChaosRecord[]} records
 * @returns {string}
 */
export function chaosTable(records) {
  const rows = byName(records, ({ what }) => what).map(([name, own]) => {
    const sums = SUMS.map(([count]) => own.reduce((sum, record) => sum + record[count], 0));
    return [sentence(name), distinct(own, 'extent', ', '), own.length, ...sums].map(String);
  });
  const head = ['what was done', 'extent', 'times', ...SUMS.map(([, title]) => title)];
  return markdownTable(
    head,
    rows,
    head.map((_, column) => column).filter((column) => column > 1),
  );
}

/**
 * A fault or an abuse that was tried once, as test/chaos/support/trials.ts writes it.
 * @typedef {object} Trial
 * @property {string} trial
 * @property {string} extent
 * @property {string} result
 * @property {string} test the file of the test
 */

/**
 * What was tried, how much of it and how often, what came of it each time, and by which test, as a table of Markdown, in the
 * order of the tests.
 * @param {readonly Trial[]} trials
 * @returns {string}
 */
export function trialTable(trials) {
  const rows = byName(trials, ({ trial }) => trial).map(([name, own]) => [
    sentence(name),
    distinct(own, 'extent', '<br>'),
    String(own.length),
    distinct(own, 'result', '<br>'),
    distinct(own, 'test', '<br>'),
  ]);
  return markdownTable(['what was tried', 'extent', 'times', 'result', 'test'], rows, [2]);
}

/**
 * Those of one name together; the order does not depend on which test was first this time.
 * @template {{ readonly test: string }} One
 * @param {readonly One[]} all
 * @param {(one: One) => string} nameOf
 * @returns {[name: string, own: One[]][]}
 */
function byName(all, nameOf) {
  const sorted = [...all].sort((one, other) => one.test.localeCompare(other.test));
  const names = [...new Set(sorted.map(nameOf))];
  return names.map((name) => [name, sorted.filter((one) => nameOf(one) === name)]);
}

/**
 * @template {string} Key
 * @param {readonly Readonly<Record<Key, string>>[]} all
 * @param {Key} key
 * @param {string} separator
 */
function distinct(all, key, separator) {
  return [...new Set(all.map((one) => one[key]))].join(separator);
}

/** @param {string} name */
function sentence(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @param {readonly number[]} numbers the columns that are aligned to the right
 */
function markdownTable(head, rows, numbers) {
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
