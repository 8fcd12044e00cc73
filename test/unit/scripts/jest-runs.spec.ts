import { JEST_RUNS, jestArgs, jestEnvironment, patternsIn, runOf } from '../../../scripts/lib/jest.mjs';
import { inProject } from '../../../scripts/lib/project.mjs';

describe('the parts of the tests', () => {
  it.each([
    ['test/unit/a.spec.ts', 'unit and integration'],
    ['test/packaging/a.spec.ts', 'unit and integration'],
    ['test/e2e-like/a.spec.ts', 'unit and integration'],
    ['test/e2e/browser/a.spec.ts', 'end to end'],
    ['test/chaos/a.spec.ts', 'chaos'],
  ])('runs %s with: %s', (file, name) => {
    expect(runOf(inProject(file)).name).toBe(name);
  });

  it('leaves to later parts what is theirs', () => {
    const [first] = JEST_RUNS;
    if (first === undefined) throw new Error('There are no parts');
    const args = jestArgs(first, ['-t', 'x'], 'results.json');
    expect(args).toContain(`!${inProject('test/e2e')}/**`);
    expect(args).toContain(`!${inProject('test/chaos')}/**`);
  });

  it("tells paths from options' values", async () => {
    expect(await patternsIn(['-t', 'a name', 'test/unit', '--verbose', 'chaos'])).toEqual([
      'test/unit',
      'chaos',
    ]);
  });

  it('keeps what the user has in NODE_OPTIONS', () => {
    const { NODE_OPTIONS } = jestEnvironment({ NODE_OPTIONS: '--max-old-space-size=512' });
    expect(NODE_OPTIONS).toMatch(/^--max-old-space-size=512 --experimental-vm-modules/);
  });
});
