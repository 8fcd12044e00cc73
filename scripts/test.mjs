// `npm test [-- paths and options of jest]`: from a fresh clone to the result of the tests. It installs and builds what
// is missing, finds or starts a Redis, finds what the selected tests need beside it (a Chromium, a foreign client, a
// Prometheus), and calls jest once for each part of the tests.
//
// The tests get REDIS_URL (a Redis that all share), REDIS_SERVER_BINARY (to start their own; see redis-server.mjs) and,
// when tests of that kind are selected, CHROMIUM_PATH, PYTHON and PROMETHEUS_DIR.
//
// The last line says alone `N passed, N failed`. Exit codes: 0 when there were tests and all passed; 128 + the signal's
// number when it was interrupted; otherwise 1.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { JEST_RUNS, jestArgs, jestEnvironment, listTests, patternsIn, runOf } from './lib/jest.mjs';
import { onEnding } from './lib/on-ending.mjs';
import { inProject } from './lib/project.mjs';
import { ensurePrometheus } from './lib/prometheus.mjs';
import { ensurePythonSocketio } from './lib/python-socketio.mjs';
import { ensureRedisBinary } from './lib/redis-binary.mjs';
import { startRedisServer } from './lib/redis-server.mjs';
import { describe, PlainError, say } from './lib/say.mjs';
import { StartedProcesses } from './lib/started-processes.mjs';
import { countTests, describeCounts, lastLine, sumCounts } from './lib/test-results.mjs';

const NOTHING_RAN = { passed: 0, failed: 1, skipped: 0 };

const userArgs = process.argv.slice(2);
const processes = new StartedProcesses();
const resultsDir = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-results-'));

onEnding({
  end: (exitCode) => void endWith(exitCode),
  hurry: () => processes.hurry(),
});

try {
  const all = await main();
  if (!processes.isEnding) await report(all);
} catch (error) {
  // What fails because it was interrupted is no failure.
  if (!processes.isEnding) {
    say(describe(error));
    await endWith(1, lastLine(NOTHING_RAN));
  }
}

async function main() {
  await ensureDependencies(processes);
  if (processes.isEnding) return [];
  const files = await selectedTests();
  await ensureBuild(processes);
  if (processes.isEnding) return [];

  const env = jestEnvironment(await testEnvironment(files));
  const runs = JEST_RUNS.filter((run) => files.some((file) => runOf(file) === run));
  const all = [];
  for (const run of runs) {
    if (processes.isEnding) break;
    say(`\nTests: ${run.name}`);
    all.push({ name: run.name, counts: await runJest(run, env) });
  }
  return all;
}

/** @returns {Promise<string[]>} the test files that the user's arguments select; each path must select some */
async function selectedTests() {
  const patterns = await patternsIn(userArgs);
  for (const pattern of patterns) {
    if ((await listTests([pattern])).length === 0) throw new PlainError(`No test matches "${pattern}".`);
  }
  const files = await listTests(userArgs);
  if (files.length === 0) throw new PlainError('There are no tests to run.');
  return files;
}

/**
 * Provides what the selected tests need, and tells them where it is.
 * @param {readonly string[]} files
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function testEnvironment(files) {
  const env = { ...process.env };
  env.REDIS_SERVER_BINARY = await ensureRedisBinary();
  if (!env.REDIS_URL) {
    const redis = await startRedisServer({ binary: env.REDIS_SERVER_BINARY });
    processes.add(redis.process);
    env.REDIS_URL = redis.url;
  }
  const isIn = (/** @type {string} */ folder) =>
    files.some((file) => file.startsWith(inProject(folder, '/')));
  if (isIn('test/e2e/browser') && !processes.isEnding) env.CHROMIUM_PATH = await ensureChromium(processes);
  if (isIn('test/e2e/foreign') && !processes.isEnding) env.PYTHON = await ensurePythonSocketio();
  if (isIn('test/e2e/monitoring') && !processes.isEnding) env.PROMETHEUS_DIR = await ensurePrometheus();
  return env;
}

/**
 * @param {import('./lib/jest.mjs').JestRun} run
 * @param {NodeJS.ProcessEnv} env
 */
async function runJest(run, env) {
  const resultsFile = join(resultsDir, `${JEST_RUNS.indexOf(run)}.json`);
  const exitCode = await processes.run(process.execPath, { args: jestArgs(run, userArgs, resultsFile), env });
  const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : undefined;
  return countTests(results, exitCode);
}

/** @param {{ name: string, counts: import('./lib/test-results.mjs').TestCounts }[]} all */
async function report(all) {
  const total = sumCounts(all.map(({ counts }) => counts));
  const isNothing = total.passed + total.failed === 0;
  say(['\nAll tests:', ...all.map(({ name, counts }) => `  ${name}: ${describeCounts(counts)}`)].join('\n'));
  if (isNothing) say('No test has run.');
  await endWith(total.failed > 0 || isNothing ? 1 : 0, lastLine(total));
}

/**
 * @param {number} exitCode
 * @param {string} [last] a line that comes after all that others may still write
 */
async function endWith(exitCode, last) {
  await processes.endAll();
  rmSync(resultsDir, { recursive: true, force: true });
  if (last === undefined) process.exit(exitCode);
  process.stdout.write(`\n${last}\n`, () => process.exit(exitCode));
}
