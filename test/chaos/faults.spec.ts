import { Random } from '../integration/room-log/simulation/random.js';
import { FAULTS } from './support/faults.js';
import { chaosForm } from './support/form.js';
import { play, wrongIn } from './support/scenario.js';
import { Site } from './support/site.js';

/** Its limits make Redis close a subscriber that falls behind within a blocked event loop's time. */
const REDIS = ['--appendonly', 'yes', '--client-output-buffer-limit', 'pubsub', '1mb', '512kb', '5'];

const form = chaosForm();

/** Every fault in each round; the first round in the order of the list. */
const PLAN = Array.from({ length: form.rounds }, (_, round) => {
  const random = new Random(form.seed + round);
  const order = FAULTS.map((fault) => ({ fault, key: round === 0 ? 0 : random.next() }));
  return order.sort((one, other) => one.key - other.key).map(({ fault }) => ({ fault, round: round + 1 }));
}).flat();

describe(`nothing durable is lost, repeated or out of order, and no gap is announced (CHAOS_SEED=${form.seed})`, () => {
  let site: Site | undefined;
  let isHealthy = false;

  afterAll(() => site?.stop());

  it.each(PLAN)(
    'when $fault.name (round $round)',
    async ({ fault, round }) => {
      // What a failure has left behind is no place for the next fault.
      if (!isHealthy) {
        await site?.stop();
        site = undefined;
      }
      isHealthy = false;
      site ??= await Site.start(REDIS);
      const verdict = await play(site, fault, form, form.seed + round - 1);
      expect(wrongIn(verdict)).toEqual({});
      expect(verdict.delivered).toBeGreaterThan(verdict.appended);
      isHealthy = true;
    },
    600_000,
  );
});
