import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Finds the first of several programs, as a shell does.
 * @param {readonly string[]} names in the order of preference
 * @param {string} [path] folders to look in, as in the variable PATH
 * @returns {string | undefined} its absolute path
 */
export function findExecutable(names, path = process.env.PATH ?? '') {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((candidate) => isExecutable(candidate));
}

/**
 * @param {string} file
 * @returns {boolean} whether it is a file that we may run
 */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
