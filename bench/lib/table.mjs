import { CONTESTANTS } from './contestants.mjs';

const COMPARED = CONTESTANTS.filter((contestant) => contestant !== 'plain');
const COLUMNS = [
  '',
  'unit',
  ...CONTESTANTS,
  ...COMPARED.map((contestant) => `${contestant}/plain`),
  'targets and verdicts',
];

/**
 * @param {readonly import('./figure.mjs').ComparedFigure[]} figures
 * @returns {string} a table in Markdown, which is readable in a terminal too
 */
export function toTable(figures) {
  const rows = [COLUMNS, ...figures.map(toRow)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (/** @type {readonly string[]} */ cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(COLUMNS), rule, ...rows.slice(1).map(line)].join('\n');
}

/** @param {import('./figure.mjs').ComparedFigure} figure */
function toRow({ name, unit, medians, ratios, verdicts }) {
  return [
    name,
    unit,
    ...CONTESTANTS.map((contestant) => readable(medians[contestant])),
    ...COMPARED.map((contestant) => readableRatio(ratios[contestant])),
    verdicts.map(({ contestant, target, verdict }) => `${contestant} ${target}: ${verdict}`).join('; '),
  ];
}

/** @param {import('./figure.mjs').Ratio | undefined} ratio */
function readableRatio(ratio) {
  if (ratio === undefined || Number.isNaN(ratio.median)) return '';
  return `${ratio.median.toFixed(2)} (${ratio.lowest.toFixed(2)} - ${ratio.highest.toFixed(2)})`;
}

/** @param {number | undefined} value three digits are more than such figures are good for */
function readable(value) {
  if (value === undefined || Number.isNaN(value)) return '';
  return value >= 100 || Number.isInteger(value)
    ? Math.round(value).toLocaleString('en')
    : value.toPrecision(3);
}
