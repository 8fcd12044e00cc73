import { countTests, describeCounts, lastLine, sumCounts } from '../../../scripts/lib/test-results.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('the counting of test results', () => {
  it('counts tests, not files', () => {
    const results = { testResults: [file('passed', 'passed', 'passed'), file('failed', 'passed', 'failed')] };
    expect(countTests(results, 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('counts a file that cannot be run as a failure', () => {
    const results = { testResults: [file('passed', 'passed'), file('failed')] };
    expect(countTests(results, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('counts a file whose afterAll throws as a failure', () => {
    expect(countTests({ testResults: [file('failed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('names what was skipped, and does not count it as passed', () => {
    const counts = countTests({ testResults: [file('passed', 'passed', 'pending', 'todo')] }, 0);
    expect(counts).toEqual({ passed: 1, failed: 0, skipped: 2 });
    expect(describeCounts(counts)).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a run that ends with an error, without results or without a failed test, as a failure', () => {
    expect(countTests(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(countTests({ testResults: [file('passed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('sums up several runs in one line', () => {
    const total = sumCounts([
      { passed: 2, failed: 1, skipped: 1 },
      { passed: 3, failed: 0, skipped: 0 },
    ]);
    expect(lastLine(total)).toBe('5 passed, 1 failed');
  });
});
