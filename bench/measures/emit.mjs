import { CONTESTANTS } from '../lib/contestants.mjs';
import { measureInTurn } from '../lib/rounds.mjs';

const BATCH = 64;

/** Long ones: a worker that was idle has given back the memory of its young objects, and begins anew with little of it. */
const ROUND_MS = 3_000;

/** What is thrown away before the first round: code that has run as often as in a worker that is not new. */
const WARM_UP_MS = 5_000;

/**
 * What one emit costs the worker. Nobody listens: the processor is the worker's and Redis's alone.
 *
 * This is the figure that the target is for. At a low rate the larger part of the cost is waking up for timers and
 * sockets, which all share: it would hide what they do differently.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureEmit(bench) {
  /** @type {Partial<Record<import('../lib/contestants.mjs').Contestant, import('../lib/role-process.mjs').RoleProcess>>} */
  const workers = {};
  for (const contestant of CONTESTANTS) workers[contestant] = await bench.startWorker(contestant);
  const measure = async (
    /** @type {import('../lib/contestants.mjs').Contestant} */ contestant,
    ms = ROUND_MS,
  ) => {
    const emitted = await workers[contestant]?.call('emitAtFullSpeed', { ms, batch: BATCH });
    return emitted.cpu / emitted.count;
  };
  for (const contestant of CONTESTANTS) await measure(contestant, WARM_UP_MS);
  const values = await measureInTurn(bench.rounds, CONTESTANTS, (contestant) => measure(contestant));
  return [
    {
      name: `worker CPU per emit, batches of ${BATCH}`,
      unit: 'µs',
      values,
      targets: { live: { atMost: 1.25 }, durable: { atMost: 0.8 } },
    },
  ];
}
