/** Samples that are further apart tell nothing of the moments between them. */
const LONGEST_STEP_MS = 5000;

/**
 * How much a total grew per second up to each sample.
 *
 * @template {{ time: number, pid: number }} Sample
 * @param {readonly Sample[]} samples of processes, the oldest first
 * @param {(sample: Sample) => number} total since the process began
 * @returns {(number | null)[]} null where it cannot be told: at the first, after a pause, and when another process began
 */
export function rates(samples, total) {
  return samples.map((sample, index) => {
    const before = samples[index - 1];
    if (before === undefined || before.pid !== sample.pid) return null;
    const ms = sample.time - before.time;
    if (ms <= 0 || ms > LONGEST_STEP_MS) return null;
    return ((total(sample) - total(before)) * 1000) / ms;
  });
}

/**
 * What was added to each of several totals in the time before each sample.
 *
 * @template {{ time: number, pid: number }} Sample
 * @param {readonly Sample[]} samples of processes, the oldest first
 * @param {(sample: Sample) => readonly number[]} totals since the process began
 * @param {number} spanMs how far back
 * @returns {number[][]} of a process that began later: since then
 */
export function growths(samples, totals, spanMs) {
  let first = 0;
  return samples.map((sample, index) => {
    while (first < index && !isWithin(samples[first], sample, spanMs)) first++;
    const before = totals(samples[first]);
    return totals(sample).map((value, at) => value - (before[at] ?? 0));
  });
}

function isWithin(earlier, sample, spanMs) {
  return earlier.pid === sample.pid && sample.time - earlier.time <= spanMs;
}
