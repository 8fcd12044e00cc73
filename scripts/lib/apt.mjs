import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from './find-executable.mjs';
import { say } from './say.mjs';

/**
 * Whether this process may install Debian packages: there is an apt-get, and we are root or sudo asks no password.
 * @returns {Promise<boolean>}
 */
export async function mayInstallPackages() {
  if (process.platform !== 'linux' || findExecutable(['apt-get']) === undefined) return false;
  if (process.getuid?.() === 0) return true;
  return findExecutable(['sudo']) !== undefined && (await run('sudo', ['-n', 'true'])) === 0;
}

/**
 * Installs one Debian package, and says so before. The package lists are brought up to date only when they do not
 * know the package, or know a version that is no longer to be had.
 * @param {string} name
 * @returns {Promise<boolean>} whether it is installed
 */
export async function installPackage(name) {
  const asRoot = process.getuid?.() === 0;
  say(`Installing the system package ${name} with apt-get${asRoot ? '' : ' (through sudo)'} …`);
  const isKnown = (await run('apt-cache', ['show', name])) === 0;
  if (!isKnown) await aptGet(['update']);
  if (await install(name)) return true;
  if (!isKnown) return false;
  await aptGet(['update']);
  return install(name);
}

/** Whether this process may unpack Debian packages, for which it need not be root: the programs are there. */
export function mayUnpackPackages() {
  return ['apt-get', 'dpkg-deb'].every((name) => findExecutable([name]) !== undefined);
}

/**
 * Unpacks one Debian package into a folder: nothing is installed, no script of it runs and no service starts, and what it
 * depends on does not come with it. The package lists are brought up to date as `installPackage` does, where we may.
 * @param {string} name
 * @param {string} folder which is empty
 * @returns {Promise<boolean>} whether it is there
 */
export async function unpackPackage(name, folder) {
  const isKnown = (await run('apt-cache', ['show', name])) === 0;
  const isFetched = (isKnown && (await download(name, folder))) || (await downloadAnew(name, folder));
  const file = isFetched && readdirSync(folder).find((entry) => entry.endsWith('.deb'));
  if (!file) return false;
  const isUnpacked = (await run('dpkg-deb', ['-x', join(folder, file), folder])) === 0;
  rmSync(join(folder, file));
  return isUnpacked;
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function downloadAnew(name, folder) {
  if (await mayInstallPackages()) await aptGet(['update']);
  return download(name, folder);
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function download(name, folder) {
  // Root's downloads are otherwise made by a user who may not write to our folder, which is a warning each time.
  const asRoot = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  return (await run('apt-get', ['-q', ...asRoot, 'download', name], 'inherit', folder)) === 0;
}

/** @param {string} name */
async function install(name) {
  return (await aptGet(['install', '-y', '--no-install-recommends', name])) === 0;
}

/** @param {readonly string[]} args */
function aptGet(args) {
  const command = [
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=120',
    ...args,
  ];
  return process.getuid?.() === 0
    ? run('env', command.slice(1), 'inherit')
    : run('sudo', ['-n', ...command], 'inherit');
}

/**
 * The one kind of command that is run without a guard: a package manager that is killed half-way leaves the system's
 * package database broken, so Ctrl-C lets it finish.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {'ignore' | 'inherit'} [output]
 * @param {string} [cwd]
 * @returns {Promise<number>} its exit code; 127 when there is no such command
 */
function run(command, args, output = 'ignore', cwd = undefined) {
  return new Promise((resolve) => {
    // What apt-get says goes to stderr, as all that we say ourselves.
    const stdout = output === 'inherit' ? 2 : output;
    const child = spawn(command, args, { cwd, stdio: ['ignore', stdout, output], detached: true });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
