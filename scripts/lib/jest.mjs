import { execFile } from 'node:child_process';
import { inProject, projectRoot } from './project.mjs';
import { PlainError } from './say.mjs';

const jestFile = inProject('node_modules/jest/bin/jest.js');

/**
 * One call of jest: a part of the tests that must not run beside the others.
 * @typedef {object} JestRun
 * @property {string} name
 * @property {readonly string[]} folders of its tests, below the project's; what another run has too belongs to that one
 * @property {readonly string[]} options
 */

/**
 * The calls, in their order. Those with real processes have the machine for themselves: their deadlines are about the
 * processes, not about the neighbours.
 * @type {readonly JestRun[]}
 */
export const JEST_RUNS = [
  { name: 'unit and integration', folders: ['test'], options: [] },
  { name: 'end to end', folders: ['test/e2e'], options: ['--maxWorkers=1'] },
  { name: 'chaos', folders: ['test/chaos'], options: ['--maxWorkers=1'] },
];

// Without the second, each of jest's processes begins with a warning about the first.
const NODE_OPTIONS = '--experimental-vm-modules --disable-warning=ExperimentalWarning';

/**
 * The environment in which jest understands ES modules; what the user has in NODE_OPTIONS stays.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function jestEnvironment(env) {
  const own = env.NODE_OPTIONS ?? '';
  return { ...env, NODE_OPTIONS: `${own} ${NODE_OPTIONS}`.trim() };
}

/**
 * The test files that jest would run with these arguments.
 * @param {readonly string[]} args
 * @returns {Promise<string[]>} absolute paths
 * @throws {PlainError} when jest does not accept the arguments
 */
export function listTests(args) {
  return new Promise((resolve, reject) => {
    const command = [jestFile, ...args, '--listTests', '--json', '--passWithNoTests'];
    const options = { cwd: projectRoot, env: jestEnvironment(process.env), maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(new PlainError(`jest cannot list the tests for "${args.join(' ')}":\n${stderr}`));
    });
  });
}

/**
 * The paths and patterns among a user's arguments, told apart from options and their values by jest's own parser.
 * @param {readonly string[]} args
 * @returns {Promise<string[]>}
 */
export async function patternsIn(args) {
  const { buildArgv } = await import('jest-cli');
  return (await buildArgv([...args]))._.map(String);
}

/**
 * The run that a test file belongs to.
 * @param {string} file absolute
 * @returns {JestRun}
 */
export function runOf(file) {
  const isIn = (/** @type {string} */ folder) => file.startsWith(`${inProject(folder)}/`);
  const run = JEST_RUNS.findLast(({ folders }) => folders.some(isIn));
  if (run === undefined) throw new Error(`${file} is not below test/`);
  return run;
}

/**
 * The arguments of one call of jest.
 * @param {JestRun} run
 * @param {readonly string[]} userArgs
 * @param {string} resultsFile where jest writes its results
 * @returns {string[]}
 */
export function jestArgs(run, userArgs, resultsFile) {
  const others = JEST_RUNS.slice(JEST_RUNS.indexOf(run) + 1).flatMap(({ folders }) => folders);
  return [
    jestFile,
    ...userArgs,
    // It takes a list, up to the next option.
    '--testMatch',
    ...run.folders.map((folder) => `<rootDir>/${folder}/**/*.spec.ts`),
    // Jest knows `<rootDir>` only at the beginning.
    ...others.map((folder) => `!${withoutGlobs(projectRoot)}/${folder}/**`),
    '--json',
    `--outputFile=${resultsFile}`,
    ...run.options,
  ];
}

/** @param {string} path */
function withoutGlobs(path) {
  return path.replace(/[!()*?[\\\]{}]/g, '\\$&');
}
