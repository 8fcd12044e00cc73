import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { removeOrphans } from './orphans.mjs';
import { inProject, projectRoot } from './project.mjs';
import { PlainError, say } from './say.mjs';

const CONFIGURATION = ['nest-cli.json', 'package.json', 'package-lock.json', 'tsconfig.json'];
// In dist/demo, which is not published.
const FINGERPRINT_FILE = 'dist/demo/.sources-sha256';

/**
 * Builds dist/ from src/, unless it was built from the very same sources.
 * @param {import('./started-processes.mjs').StartedProcesses} processes
 * @throws {PlainError} when the build fails
 */
export async function ensureBuild(processes) {
  const fingerprint = fingerprintOfSources(projectRoot);
  if (builtFrom(projectRoot) === fingerprint) return;

  say('Building …');
  const code = await processes.run(process.execPath, {
    args: [inProject('node_modules/@nestjs/cli/bin/nest.js'), 'build'],
  });
  if (processes.isEnding) return;
  if (code !== 0)
    throw new PlainError(`nest build failed with exit code ${code}; its output above says why.`);

  removeOrphans(projectRoot);
  mkdirSync(dirname(inProject(FINGERPRINT_FILE)), { recursive: true });
  writeFileSync(inProject(FINGERPRINT_FILE), fingerprint);
}

/**
 * One value for all that a build is made from. Of the contents and names, not of the times: those go backwards when an
 * older commit is checked out, and say nothing about a deleted file.
 * @param {string} root
 * @returns {string}
 */
export function fingerprintOfSources(root) {
  const hash = createHash('sha256');
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const configuration = CONFIGURATION.map((name) => join(root, name)).filter((file) => existsSync(file));
  for (const file of [...configuration, ...sources].sort()) {
    const content = readFileSync(file);
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @returns {string | undefined} the fingerprint of the sources that dist/ was built from; undefined when it is not known
 */
function builtFrom(root) {
  const isThere =
    existsSync(join(root, 'dist/demo/server/main.js')) && existsSync(join(root, FINGERPRINT_FILE));
  return isThere ? readFileSync(join(root, FINGERPRINT_FILE), 'utf8') : undefined;
}
