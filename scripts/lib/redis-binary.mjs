import { spawnSync } from 'node:child_process';
import { installPackage, mayInstallPackages } from './apt.mjs';
import { findExecutable } from './find-executable.mjs';
import { systemKinds } from './operating-system.mjs';
import { PlainError } from './say.mjs';

// The last two are the same program as the first two under another name: it decides by its name what it does. Debian's
// package redis-tools holds only them. The package redis-server would start a service of the system.
const NAMES = ['redis-server', 'valkey-server', 'redis-check-rdb', 'valkey-check-rdb'];

// Where they are when the PATH does not say so, as in a launcher's environment.
const HOMEBREW = process.platform === 'darwin' ? ':/opt/homebrew/bin:/usr/local/bin' : '';

/** The name under which a found binary must be run to be a server. */
export const REDIS_ARGV0 = 'redis-server';

/**
 * Finds a program that is a Redis or Valkey server when it is run under the name `REDIS_ARGV0`.
 * @param {string} [path] folders to look in, as in the variable PATH
 * @returns {string | undefined} its absolute path
 */
export function findRedisBinary(path = (process.env.PATH ?? '') + HOMEBREW) {
  return NAMES.flatMap((name) => findExecutable([name], path) ?? []).find(isRedisServer);
}

/**
 * The program that is run when nothing else is said: that of the environment's REDIS_SERVER_BINARY, else one that is found.
 * @returns {string} its path
 * @throws {PlainError} one sentence on how to get Redis on this system
 */
export function chooseRedisBinary() {
  const binary = process.env.REDIS_SERVER_BINARY || findRedisBinary();
  if (binary === undefined) throw new PlainError(howToGetRedis());
  return binary;
}

/**
 * Finds such a program, and installs one when there is none and we may.
 * @returns {Promise<string>} its absolute path
 * @throws {PlainError} one sentence on how to get Redis on this system
 */
export async function ensureRedisBinary() {
  let binary = findRedisBinary();
  if (binary === undefined && (await mayInstallPackages())) {
    for (const name of ['redis-tools', 'valkey-tools']) {
      if (await installPackage(name)) break;
    }
    binary = findRedisBinary();
  }
  if (binary === undefined) throw new PlainError(howToGetRedis());
  return binary;
}

/**
 * One sentence: how to get Redis on this system.
 * @param {readonly string[]} [kinds] the system, as systemKinds() describes it
 * @returns {string}
 */
export function howToGetRedis(kinds = systemKinds()) {
  const command = [
    { kind: 'darwin', command: 'brew install redis' },
    { kind: 'debian', command: 'sudo apt-get install redis-tools' },
    { kind: 'ubuntu', command: 'sudo apt-get install redis-tools' },
    { kind: 'fedora', command: 'sudo dnf install valkey' },
    { kind: 'arch', command: 'sudo pacman -S valkey' },
    { kind: 'alpine', command: 'apk add redis' },
    { kind: 'suse', command: 'sudo zypper install redis' },
  ].find(({ kind }) => kinds.includes(kind))?.command;
  const install =
    command === undefined ? 'install redis-server or valkey-server' : `install it with \`${command}\``;
  return `There is no Redis on this machine: ${install}, or set REDIS_URL to the address of one that runs.`;
}

/** @param {string} file */
function isRedisServer(file) {
  const { status, stdout } = spawnSync(file, ['--version'], {
    argv0: REDIS_ARGV0,
    encoding: 'utf8',
    timeout: 10_000,
  });
  return status === 0 && /^(redis|valkey)?\s*server.* v=/im.test(stdout);
}
