import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What the compiler makes of a source file. */
const MADE_OF_TS = /\.(?:d\.ts|js|js\.map)$/;

/**
 * Removes from dist/ what src/ no longer has: files that were renamed or deleted would be published for ever. A build
 * that began by emptying dist/ would take away what a running `nest start` runs.
 * @param {string} root of the project
 * @returns {string[]} what was removed, as paths within dist/
 */
export function removeOrphans(root) {
  const dist = join(root, 'dist');
  if (!existsSync(dist)) return [];
  const orphans = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(dist, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((file) => !hasSource(join(root, 'src'), file));
  for (const file of orphans) rmSync(join(dist, file));
  return orphans;
}

/**
 * @param {string} src
 * @param {string} file
 */
function hasSource(src, file) {
  return existsSync(join(src, file)) || existsSync(join(src, file.replace(MADE_OF_TS, '.ts')));
}
