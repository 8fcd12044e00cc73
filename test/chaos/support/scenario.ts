import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../../integration/room-log/simulation/random.js';
import type { Fault } from './faults.js';
import type { ChaosForm } from './form.js';
import { COUNTS, type Count, type Verdict } from './judge.js';
import { record } from './records.js';
import type { Site } from './site.js';

/** Lets something go wrong under a steady load, waits until everybody has everything, and judges. */
export async function play(site: Site, fault: Fault, form: ChaosForm, seed: number): Promise<Verdict> {
  await site.forget();
  await site.startLoad();
  await delay(form.beforeMs);
  await fault.make(site, form, new Random(seed));
  await delay(form.afterMs);
  const { verdict, ...rest } = await site.settle();
  record({
    what: fault.name,
    extent: fault.extent(form),
    seed,
    ...rest.figures,
    ...verdict,
    emitted: rest.emitted,
    settleMs: rest.settleMs,
  });
  return verdict;
}

/** What is wrong in a verdict, and nothing else; with the first of it, for the message. */
export function wrongIn(verdict: Verdict, allowed: readonly Count[] = []): object {
  const wrong = COUNTS.filter((count) => verdict[count] > 0 && !allowed.includes(count));
  const found = wrong.map(
    (count) => [count, { count: verdict[count], as: verdict.examples[count] }] as const,
  );
  return Object.fromEntries(found);
}
