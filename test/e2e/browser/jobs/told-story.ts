import type { Glimpse } from './job-page.js';

export const NOTHING: Glimpse = { status: '', run: '', file: '', error: '', result: '', progress: '' };

/** The fifth of twelve rows: the first of the second of three files. */
export const IN_THE_MIDDLE: Glimpse = {
  ...NOTHING,
  status: 'running',
  run: '1',
  file: 'b.csv',
  progress: '5 of 12 in run 1',
};

/** What the first run tells until then. */
export const BEGIN = [
  'run 1: job_started',
  'run 1: file_processing a.csv',
  'run 1: file_completed a.csv {"rows":4}',
  'run 1: file_processing b.csv',
];

/** What is left to the run that comes to the end: nothing is told again. */
export function endOf(run: number): string[] {
  const rest = [
    'file_completed b.csv {"rows":4}',
    'file_processing c.csv',
    'file_completed c.csv {"rows":4}',
  ];
  return [...rest, 'job_completed {"rows":12}'].map((what) => `run ${run}: ${what}`);
}

export function completedBy(run: number): Glimpse {
  return { ...NOTHING, status: 'completed', run: String(run), result: '{"rows":12}' };
}

/** What a page has told of a job. */
export interface Story {
  /** Its messages, each once, in their order. */
  readonly messages: readonly string[];
  /** Its states, as 'running 1' for the first run. */
  readonly states: readonly string[];
  /** What is there to be seen in the end. */
  readonly end: Glimpse;
}

/**
 * Expects states in their order; progress that never goes backwards within a run, is never of an older run than what was shown before,
 * and is shown of what goes on only.
 */
export function expectStates(glimpses: readonly Glimpse[], states: readonly string[]): void {
  const known = glimpses.filter(({ status }) => status !== 'waiting');
  const seen = known.map(({ status, run }) => `${status} ${run}`);
  expect(seen.filter((one, index) => one !== seen[index - 1])).toEqual(states);
  expect(known.filter(({ status, progress }) => status !== 'running' && progress !== '')).toEqual([]);
  const steps = known.map(stepOf).filter((step) => step !== undefined);
  expect(steps).toEqual(steps.toSorted((one, other) => one - other));
  expect(new Set(steps).size).toBeGreaterThan(1);
}

function stepOf({ progress }: Glimpse): number | undefined {
  const [, done, run] = /^(\d+) of 12 in run (\d+)$/.exec(progress) ?? [];
  return run === undefined ? undefined : Number(run) * 100 + Number(done);
}
