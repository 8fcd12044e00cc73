const COLUMNS = ['', 'unit', 'ours', 'plain', 'ours/plain', 'rounds', 'target', 'verdict'];

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
function toRow({ name, unit, ours, plain, ratio, lowest, highest, target, verdict }) {
  const range = `${lowest.toFixed(2)} - ${highest.toFixed(2)}`;
  return [name, unit, readable(ours), readable(plain), ratio.toFixed(2), range, target, verdict];
}

/** @param {number} value three digits are more than such figures are good for */
function readable(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
