import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';

/** Writes one line to the file that CHAOS_RECORDS names, if it names one, with the test that this is from. */
export function writeRecord(one: object): void {
  const file = process.env['CHAOS_RECORDS'];
  if (file === undefined || file === '') return;
  const test = relative(process.cwd(), expect.getState().testPath ?? '');
  appendFileSync(file, `${JSON.stringify({ ...one, test })}\n`);
}
