import { CONTESTANTS } from '../lib/contestants.mjs';
import { measureInTurn } from '../lib/rounds.mjs';

const ROUND_MS = 1_500;
const BATCH = 64;

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
  const values = await measureInTurn(bench.rounds, CONTESTANTS, async (contestant) => {
    const emitted = await workers[contestant]?.call('emitAtFullSpeed', { ms: ROUND_MS, batch: BATCH });
    return emitted.cpu / emitted.count;
  });
  return [
    {
      name: `worker CPU per emit, batches of ${BATCH}`,
      unit: 'µs',
      values,
      targets: { live: { atMost: 1.25 }, durable: { atMost: 0.8 } },
    },
  ];
}
