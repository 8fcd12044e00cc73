import { measureInTurn } from '../lib/rounds.mjs';

const ROUND_MS = 1_500;
const BATCH = 64;

/**
 * What one emit costs the worker. Nobody listens: the processor is the worker's and Redis's alone.
 *
 * This is the figure that the target is for. At a low rate the larger part of the cost is waking up for timers and
 * sockets, which both sides share: it would hide what they do differently.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureEmit(bench) {
  const workers = { ours: await bench.startWorker('ours'), plain: await bench.startWorker('plain') };
  const samples = await measureInTurn(bench.rounds, async (contestant) => {
    const { cpu, count } = await workers[contestant].call('emitAtFullSpeed', { ms: ROUND_MS, batch: BATCH });
    return cpu / count;
  });
  return [
    { name: `worker CPU per emit, batches of ${BATCH}`, unit: 'µs', ...samples, target: { atMost: 1.25 } },
  ];
}
