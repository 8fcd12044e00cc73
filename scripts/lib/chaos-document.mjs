import { PlainError } from './say.mjs';

/**
 * A document of Markdown with other tables in it. Each stands between two lines of its own, `<!-- table: NAME -->` and
 * `<!-- end of table -->`.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string>>} tables by their names
 * @returns {string}
 * @throws {PlainError} when a table has no place
 */
export function withTables(text, tables) {
  return Object.entries(tables).reduce((document, [name, table]) => {
    const begin = `<!-- table: ${name} -->\n`;
    const start = document.indexOf(begin);
    const end = document.indexOf('<!-- end of table -->', start);
    if (start < 0 || end < 0) throw new PlainError(`The document has no place for the table "${name}".`);
    return `${document.slice(0, start)}${begin}${table}\n${document.slice(end)}`;
  }, text);
}
