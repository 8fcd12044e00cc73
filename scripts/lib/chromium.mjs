import { installPackage, mayInstallPackages } from './apt.mjs';
import { findExecutable, isExecutable } from './find-executable.mjs';
import { systemKinds } from './operating-system.mjs';
import { inProject } from './project.mjs';
import { PlainError, say } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC_APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Finds a Chromium for the browser tests: CHROMIUM_PATH, else the PATH's, else the applications of macOS, else the one
 * that Playwright has installed before.
 * @returns {Promise<string | undefined>} its absolute path
 * @throws {PlainError} when CHROMIUM_PATH names no program
 */
export async function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new PlainError(`CHROMIUM_PATH is "${chosen}", which is not a program that can be run.`);
  }
  const found = findExecutable(NAMES);
  if (found !== undefined) return found;
  const application = process.platform === 'darwin' ? MAC_APPLICATIONS.find(isExecutable) : undefined;
  return application ?? playwrightsChromium();
}

/**
 * Finds a Chromium, and installs one when there is none: Debian's package where we may, Playwright's own elsewhere.
 * The project's dependencies must be installed.
 * @param {import('./started-processes.mjs').StartedProcesses} processes
 * @returns {Promise<string>} its absolute path
 * @throws {PlainError} one sentence on how to get Chromium
 */
export async function ensureChromium(processes) {
  const found = (await findChromium()) ?? (await installChromium(processes));
  if (found !== undefined) return found;
  throw new PlainError(
    'There is no Chromium on this machine, which the browser tests need: install it ' +
      '(Debian: `sudo apt-get install chromium`; elsewhere: `npx playwright-core install chromium`), ' +
      'or set CHROMIUM_PATH to the program of one.',
  );
}

/** @param {import('./started-processes.mjs').StartedProcesses} processes */
async function installChromium(processes) {
  const mayInstall = await mayInstallPackages();
  // Ubuntu's package of this name only points to a snap.
  if (mayInstall && systemKinds()[0] !== 'ubuntu' && (await installPackage('chromium')))
    return findChromium();

  say("Installing Playwright's Chromium into its cache …");
  const withSystemLibraries = mayInstall ? ['--with-deps'] : [];
  await processes.run(process.execPath, {
    args: [inProject('node_modules/playwright-core/cli.js'), 'install', ...withSystemLibraries, 'chromium'],
  });
  return findChromium();
}

async function playwrightsChromium() {
  const { chromium } = await import('playwright-core');
  const file = chromium.executablePath();
  return isExecutable(file) ? file : undefined;
}
