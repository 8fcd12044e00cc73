import { chaosForm } from './support/form.js';
import { ROLLBACKS } from './support/rollbacks.js';
import { play, wrongIn } from './support/scenario.js';
import { Site } from './support/site.js';

const form = chaosForm();

const PLAN = Array.from({ length: form.rounds }, (_, round) =>
  ROLLBACKS.map((rollback) => ({ rollback, round: round + 1 })),
).flat();

describe(`what Redis acknowledged and forgot is restored, and announced to who had seen it (CHAOS_SEED=${form.seed})`, () => {
  let site: Site | undefined;

  afterEach(() => site?.stop());

  it.each(PLAN)(
    'when $rollback.name (round $round)',
    async ({ rollback, round }) => {
      site = await Site.start([]);
      const verdict = await play(site, rollback, form, form.seed + round - 1);
      expect(wrongIn(verdict, ['gaps'])).toEqual({});
      // Nobody had seen what was forgotten: then this shows nothing.
      expect(verdict.gaps).toBeGreaterThan(0);
    },
    600_000,
  );
});
