/**
 * @typedef {object} TestCounts
 * @property {number} passed
 * @property {number} failed tests, and files that failed without a failed test in them
 * @property {number} skipped left out by the test itself, or by `-t`
 */

/**
 * What jest writes with --json, as far as it is needed here.
 * @typedef {object} JestResults
 * @property {readonly { status: string, assertionResults: readonly { status: string }[] }[]} testResults
 */

/**
 * Counts the tests of one call of jest.
 *
 * A file that cannot be run, or whose afterAll throws, is failed although none of its tests is: it counts as one. The
 * same holds for a call that ends with an error and names no failure, or that ends without results.
 *
 * @param {JestResults | undefined} results undefined when jest wrote none
 * @param {number} exitCode of jest
 * @returns {TestCounts}
 */
export function countTests(results, exitCode) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of results?.testResults ?? []) {
    const failed = assertionResults.filter((test) => test.status === 'failed').length;
    const passed = assertionResults.filter((test) => test.status === 'passed').length;
    counts.passed += passed;
    counts.failed += status === 'failed' ? Math.max(failed, 1) : failed;
    counts.skipped += assertionResults.length - passed - failed;
  }
  if (counts.failed === 0 && (exitCode !== 0 || results === undefined)) counts.failed = 1;
  return counts;
}

/**
 * @param {readonly TestCounts[]} all
 * @returns {TestCounts}
 */
export function sumCounts(all) {
  const sum = (/** @type {keyof TestCounts} */ key) => all.reduce((total, counts) => total + counts[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/**
 * @param {TestCounts} counts
 * @returns {string} as in `3 passed, 0 failed, 1 skipped`; skipped tests are named only where there are some
 */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * The line that stands alone at the end of every run of the tests.
 * @param {TestCounts} counts
 * @returns {string}
 */
export function lastLine({ passed, failed }) {
  return describeCounts({ passed, failed, skipped: 0 });
}
