import type { SheetResult } from './sheet-result.js';
import { shorten } from './shorten.js';

/** A payload may have 64 KiB; this leaves room for what stands around the result. */
export const MAX_RESULT_BYTES = 60 * 1024;

/** What may be left of a result, from nearly everything to the least. */
const STEPS = [
  { topValues: 8, textLength: 40, problems: 50, columns: Infinity },
  { topValues: 5, textLength: 24, problems: 30, columns: Infinity },
  { topValues: 3, textLength: 16, problems: 20, columns: Infinity },
  { topValues: 3, textLength: 16, problems: 20, columns: 50 },
  { topValues: 3, textLength: 16, problems: 10, columns: 25 },
] as const;

/** Shortens a result, with a note that says so, until it fits into one event. */
export function fitResult(result: SheetResult, maxBytes = MAX_RESULT_BYTES): SheetResult {
  if (byteLength(result) <= maxBytes) return result;
  let fitted = result;
  for (const step of STEPS) {
    fitted = {
      ...result,
      columns: result.columns.slice(0, step.columns).map((column) =>
        column.top === undefined
          ? column
          : {
              ...column,
              top: {
                ...column.top,
                values: column.top.values
                  .slice(0, step.topValues)
                  .map(({ value, count }) => ({ value: shorten(value, step.textLength), count })),
              },
            },
      ),
      problems: { ...result.problems, list: result.problems.list.slice(0, step.problems) },
      notes: [...result.notes, 'The result was too large for one event; details are left out.'],
    };
    if (byteLength(fitted) <= maxBytes) break;
  }
  return fitted;
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
