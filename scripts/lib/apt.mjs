import { spawn } from 'node:child_process';
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
 * @returns {Promise<number>} its exit code; 127 when there is no such command
 */
function run(command, args, output = 'ignore') {
  return new Promise((resolve) => {
    // What apt-get says goes to stderr, as all that we say ourselves.
    const stdout = output === 'inherit' ? 2 : output;
    const child = spawn(command, args, { stdio: ['ignore', stdout, output], detached: true });
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
