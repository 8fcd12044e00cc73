import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mayUnpackPackages, unpackPackage } from './apt.mjs';
import { findExecutable } from './find-executable.mjs';
import { systemKinds } from './operating-system.mjs';
import { inProject } from './project.mjs';
import { PlainError, say } from './say.mjs';

const DEBIAN_PACKAGE = 'prometheus';

// Installed, the package would start a service of the system, and needs root: here it is a folder of ours.
const UNPACKED = inProject('.data/prometheus');

/**
 * @typedef {object} PrometheusPrograms
 * @property {string} prometheus the absolute path of the server
 * @property {string} promtool that of the program that checks its files
 */

/**
 * Finds Prometheus: in the folder that PROMETHEUS_DIR names, else in the PATH, else where `ensurePrometheus` has put it.
 * @returns {PrometheusPrograms | undefined}
 * @throws {PlainError} when PROMETHEUS_DIR does not have it
 */
export function findPrometheus() {
  const chosen = process.env.PROMETHEUS_DIR;
  if (chosen) {
    const programs = programsIn(chosen);
    if (programs !== undefined) return programs;
    throw new PlainError(
      `PROMETHEUS_DIR is "${chosen}", where there are no prometheus and promtool that can be run.`,
    );
  }
  return programsIn(process.env.PATH ?? '') ?? programsIn(UNPACKED);
}

/**
 * Finds it, and unpacks Debian's package into the project's data when there is none.
 * @returns {Promise<string>} the folder that has `prometheus` and `promtool`, for PROMETHEUS_DIR
 * @throws {PlainError} one sentence on how to get it
 */
export async function ensurePrometheus() {
  let found = findPrometheus();
  if (found === undefined && mayUnpackPackages()) {
    await unpack();
    found = findPrometheus();
  }
  if (found !== undefined) return dirname(found.prometheus);
  const command = systemKinds().includes('darwin')
    ? 'brew install prometheus'
    : 'sudo apt-get install prometheus';
  throw new PlainError(
    'There is no Prometheus on this machine, which the tests of the alert rules need: install it ' +
      `(\`${command}\`), or set PROMETHEUS_DIR to the folder that has prometheus and promtool.`,
  );
}

/** Two that do it at once do not disturb each other: what is there is complete. */
async function unpack() {
  say(`Unpacking Debian's package ${DEBIAN_PACKAGE} into .data …`);
  mkdirSync(dirname(UNPACKED), { recursive: true });
  const making = mkdtempSync(`${UNPACKED}-`);
  try {
    if (!(await unpackPackage(DEBIAN_PACKAGE, making))) return;
    rmSync(UNPACKED, { recursive: true, force: true });
    renameSync(join(making, 'usr/bin'), UNPACKED);
  } catch (error) {
    // Somebody else was first.
    if (findPrometheus() === undefined) throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/**
 * @param {string} path
 * @returns {PrometheusPrograms | undefined}
 */
function programsIn(path) {
  const prometheus = findExecutable(['prometheus'], path);
  // Of one version, and in one folder.
  const promtool = prometheus && findExecutable(['promtool'], dirname(prometheus));
  return prometheus && promtool && isPrometheus(prometheus) ? { prometheus, promtool } : undefined;
}

/** @param {string} file */
function isPrometheus(file) {
  const { status, stdout, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  return status === 0 && /^prometheus, version/m.test(stdout + stderr);
}
