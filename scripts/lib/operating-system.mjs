import { readFileSync } from 'node:fs';

/**
 * The names by which the system's kind may be known, the closest first: `darwin`, or on Linux what os-release says
 * about itself and its relatives, such as `ubuntu`, `debian`.
 * @param {NodeJS.Platform} [platform]
 * @param {string} [osRelease] the text of /etc/os-release
 * @returns {string[]}
 */
export function systemKinds(platform = process.platform, osRelease = readOsRelease()) {
  if (platform !== 'linux') return [platform];
  const field = (/** @type {string} */ name) =>
    new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1]?.split(' ') ?? [];
  return [...field('ID'), ...field('ID_LIKE'), 'linux'].filter((kind) => kind !== '');
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
