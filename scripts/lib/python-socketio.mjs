import { spawnSync } from 'node:child_process';
import { installPackage, mayInstallPackages } from './apt.mjs';
import { findExecutable, isExecutable } from './find-executable.mjs';
import { PlainError } from './say.mjs';

const DEBIAN_PACKAGES = ['python3-socketio', 'python3-aiohttp'];

// Debian's packages are for this one, whatever the PATH has before it.
const SYSTEM_PYTHON = '/usr/bin/python3';

/**
 * Finds a Python that has the Socket.IO client of the tests with foreign parties: PYTHON, else the PATH's, else the
 * system's.
 * @returns {string | undefined} its absolute path
 * @throws {PlainError} when PYTHON names none that has it
 */
export function findPythonSocketio() {
  const chosen = process.env.PYTHON;
  if (chosen) {
    if (hasSocketio(chosen)) return chosen;
    throw new PlainError(`PYTHON is "${chosen}", which is not a Python with python-socketio and aiohttp.`);
  }
  return [findExecutable(['python3']), SYSTEM_PYTHON].find(
    (python) => python !== undefined && isExecutable(python) && hasSocketio(python),
  );
}

/**
 * Finds such a Python, and installs Debian's packages when there is none and we may.
 * @returns {Promise<string>} its absolute path
 * @throws {PlainError} one sentence on how to get it
 */
export async function ensurePythonSocketio() {
  let python = findPythonSocketio();
  if (python === undefined && (await mayInstallPackages())) {
    for (const name of DEBIAN_PACKAGES) await installPackage(name);
    python = findPythonSocketio();
  }
  if (python !== undefined) return python;
  throw new PlainError(
    'There is no python-socketio on this machine, which the tests with foreign clients need: install it ' +
      `(Debian: \`sudo apt-get install ${DEBIAN_PACKAGES.join(' ')}\`; elsewhere: \`pip install python-socketio aiohttp\`), ` +
      'or set PYTHON to a Python that has it.',
  );
}

/** @param {string} python */
function hasSocketio(python) {
  const { status } = spawnSync(python, ['-c', 'import socketio, aiohttp'], { timeout: 20_000 });
  return status === 0;
}
