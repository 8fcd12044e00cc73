import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { inProject } from './project.mjs';

/**
 * The environment as the application will see it: the variables that are set, and those of the file `.env` which are
 * not. One that is set to nothing counts as not set, whatever the file says.
 * @param {string} [file]
 * @returns {NodeJS.ProcessEnv}
 */
export function environment(file = inProject('.env')) {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return Object.fromEntries(
    Object.entries({ ...fromFile, ...process.env }).filter(([, value]) => value !== ''),
  );
}
