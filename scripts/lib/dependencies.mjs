import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectRoot } from './project.mjs';
import { PlainError, say } from './say.mjs';

/**
 * Installs what package-lock.json says, unless it is installed already.
 * @param {import('./started-processes.mjs').StartedProcesses} processes
 * @throws {PlainError} when npm does not succeed
 */
export async function ensureDependencies(processes) {
  const state = stateOfDependencies(projectRoot);
  if (state === 'installed') return;
  if (lstatSync(join(projectRoot, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new PlainError(
      'node_modules is a link to packages that do not match package-lock.json: run `npm ci` there.',
    );
  }

  say(
    state === 'missing' ? 'Installing dependencies …' : 'Dependencies have changed; installing them again …',
  );
  const [command, first] = npm();
  const code = await processes.run(command, {
    // NODE_ENV=production would leave out what builds the demo.
    args: [...first, 'ci', '--include=dev', '--no-audit', '--no-fund'],
  });
  if (processes.isEnding) return;
  if (code !== 0) throw new PlainError(`npm ci failed with exit code ${code}; its output above says why.`);
}

/**
 * Compares package-lock.json with the record that npm keeps of what it has installed, and writes last of all: a record
 * is there only after an installation that went through.
 * @param {string} root
 * @returns {'installed' | 'missing' | 'stale'}
 */
export function stateOfDependencies(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return existsSync(join(root, 'node_modules')) ? 'stale' : 'missing';
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const installed = packagesIn(record);
  delete wanted[''];

  const isMet = Object.entries(wanted).every(([path, entry]) => {
    const found = installed[path];
    // What is made for other systems is in the lock, but not installed.
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
  return isMet && Object.keys(installed).every((path) => path in wanted) ? 'installed' : 'stale';
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }>}
 */
function packagesIn(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}

/** @returns {[command: string, firstArgs: string[]]} the npm that runs us, so that its version and settings hold */
function npm() {
  const file = process.env.npm_execpath;
  return file !== undefined && /^npm/.test(basename(file)) && /\.[cm]?js$/.test(file)
    ? [process.execPath, [file]]
    : ['npm', []];
}
