// `npm run chaos [-- options of jest]`: the chaos suite in its full form, and tables of what was done, how often, and
// what came of it. CHAOS_ROUNDS (default 3) and CHAOS_SEED (default: a random one, which is printed) choose the run;
// CHAOS_FORM=short is the form that `npm test` runs.
//
// Exit codes: those of `npm test`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaosTable, trialTable } from './lib/chaos-table.mjs';
import { onEnding } from './lib/on-ending.mjs';
import { inProject } from './lib/project.mjs';
import { say } from './lib/say.mjs';
import { StartedProcesses } from './lib/started-processes.mjs';

/** It ends many processes when it is told to end. */
const GRACE_MS = 20_000;

const processes = new StartedProcesses();
const dir = mkdtempSync(join(tmpdir(), 'nestjs-socket-gateway-chaos-'));
const records = join(dir, 'records.jsonl');

onEnding({
  end: (exitCode) => void endWith(exitCode),
  hurry: () => processes.hurry(),
});

const exitCode = await processes.run(process.execPath, {
  args: [inProject('scripts/test.mjs'), 'test/chaos', ...process.argv.slice(2)],
  env: { ...process.env, CHAOS_FORM: process.env.CHAOS_FORM || 'full', CHAOS_RECORDS: records },
  graceMs: GRACE_MS,
});
if (!processes.isEnding) await endWith(exitCode);

/** @param {number} code */
async function endWith(code) {
  await processes.endAll();
  if (existsSync(records)) {
    const all = readFileSync(records, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const scenarios = all.filter((one) => 'what' in one);
    const trials = all.filter((one) => 'trial' in one);
    if (scenarios.length > 0) say(`\n${chaosTable(scenarios)}`);
    if (trials.length > 0) say(`\n${trialTable(trials)}`);
  }
  rmSync(dir, { recursive: true, force: true });
  process.exit(code);
}
