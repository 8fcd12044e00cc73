// `npm run chaos [-- --short] [-- paths and options of jest]`: what is done to the library on purpose, and tables of what was
// done, how often, and what came of it. All of it in full takes about half an hour; when it has passed, the tables are written
// into docs/reliability.md. With paths or options it makes those trials only, and prints their tables.
//
// --short, or CHAOS_FORM=short, is the form that `npm test` runs. CHAOS_ROUNDS (default 3) and CHAOS_SEED (default: a random one,
// which is in the names of the tests) choose the run.
//
// Exit codes: those of `npm test`.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { withTables } from './lib/chaos-document.mjs';
import { chaosTable, trialTable } from './lib/chaos-table.mjs';
import { BESIDE, TRIALS } from './lib/chaos-trials.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { onEnding } from './lib/on-ending.mjs';
import { inProject } from './lib/project.mjs';
import { describe, say } from './lib/say.mjs';
import { StartedProcesses } from './lib/started-processes.mjs';

/** It ends many processes when it is told to end. */
const GRACE_MS = 20_000;

const DOCUMENT = inProject('docs/reliability.md');

const userArgs = process.argv.slice(2).filter((arg) => arg !== '--short');
const isShort = process.argv.includes('--short') || process.env.CHAOS_FORM === 'short';
const isWhole = !isShort && userArgs.length === 0;

const processes = new StartedProcesses();
const dir = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-chaos-'));
const records = join(dir, 'records.jsonl');
const startedAt = performance.now();

onEnding({
  end: (exitCode) => void endWith(exitCode),
  hurry: () => processes.hurry(),
});

try {
  const exitCode = await main();
  if (!processes.isEnding) await endWith(exitCode);
} catch (error) {
  // What fails because it was interrupted is no failure.
  if (!processes.isEnding) {
    say(describe(error));
    await endWith(1);
  }
}

/** @returns {Promise<number>} the exit code */
async function main() {
  if (!isWhole) return makeTrials(userArgs.length > 0 ? userArgs : TRIALS);
  // Two runs of the tests must not build at the same time.
  await ensureDependencies(processes);
  await ensureBuild(processes);
  if (processes.isEnding) return 1;
  say(
    `All trials in full: about half an hour. Beside the others, and told of at their end: ${BESIDE.join(', ')}.`,
  );
  const codes = await Promise.all([
    makeTrials([...TRIALS, `--testPathIgnorePatterns=${BESIDE.join('|')}`]),
    makeTrials(BESIDE, 'collect'),
  ]);
  return Math.max(...codes);
}

/**
 * @param {readonly string[]} args of `npm test`
 * @param {'inherit' | 'collect'} [output]
 * @returns {Promise<number>} its exit code
 */
async function makeTrials(args, output = 'inherit') {
  const run = await processes.start(process.execPath, {
    args: [inProject('scripts/test.mjs'), ...args],
    env: { ...process.env, CHAOS_FORM: isShort ? 'short' : 'full', CHAOS_RECORDS: records },
    graceMs: GRACE_MS,
    output,
  });
  const exitCode = await run.exited;
  if (output === 'collect') say(`\n${args.join(' ')}:\n${run.output()}`);
  return exitCode;
}

/** @param {number} code */
async function endWith(code) {
  await processes.endAll();
  if (existsSync(records)) tell(code);
  rmSync(dir, { recursive: true, force: true });
  process.exit(code);
}

/** @param {number} code */
function tell(code) {
  const all = readFileSync(records, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const faults = chaosTable(all.filter((one) => 'what' in one));
  const trials = trialTable(all.filter((one) => 'trial' in one));
  say(`\n${faults}\n\n${trials}\n`);
  say(`${all.length} trials in ${((performance.now() - startedAt) / 60_000).toFixed(0)} minutes.`);
  if (isWhole && code === 0) {
    writeFileSync(DOCUMENT, withTables(readFileSync(DOCUMENT, 'utf8'), { faults, trials }));
    say('The tables are in docs/reliability.md.');
  }
}
