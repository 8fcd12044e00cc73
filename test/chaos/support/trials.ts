import { writeRecord } from './record-file.js';

/** A fault or an abuse that was tried, and what came of it, in words and figures. */
export interface Trial {
  /** What was tried: one row of the table for all trials of the same. */
  readonly trial: string;
  /** How much of it: '100,000 messages', '3 servers, 1,000 clients'. */
  readonly extent: string;
  /** What came of it: 'RSS +8 MB; others p99 1.2 times'. */
  readonly result: string;
}

/** Tells what came of a trial: in a line, and to the file that CHAOS_RECORDS names, for the table of `npm run chaos`. */
export function recordTrial(one: Trial): void {
  process.stderr.write(`  ${one.trial} (${one.extent}): ${one.result}\n`);
  writeRecord(one);
}
