import type { Verdict } from './judge.js';
import { writeRecord } from './record-file.js';
import type { SiteFigures } from './site.js';

/** What was done once, and what came of it. */
export type ChaosRecord = {
  what: string;
  extent: string;
  seed: number;
  emitted: number;
  settleMs: number;
} & SiteFigures &
  Verdict;

/** Tells what came of a scenario: in a line, and to the file that CHAOS_RECORDS names, for the table of `npm run chaos`. */
export function record(one: ChaosRecord): void {
  const { what, seed, emitted, appended, delivered, lost, repeated, outOfOrder, gaps, silent } = one;
  const { replayed, connections, known, longestSilenceMs, settleMs } = one;
  process.stderr.write(
    `  ${what} (seed ${seed}): ${emitted} emitted, ${appended} in the logs, ${delivered} delivered; ` +
      `${lost} lost, ${repeated} repeated, ${outOfOrder} out of order, ${gaps} gaps, ${silent} silent; ` +
      `${connections} reconnects, ${replayed} replayed, ${known} known; ` +
      `longest silence ${seconds(longestSilenceMs)}, settled in ${seconds(settleMs)}\n`,
  );
  writeRecord(one);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
