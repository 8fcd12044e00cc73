import { measureInTurn } from '../lib/rounds.mjs';
import { deliver, openSites, pick } from '../lib/site.mjs';

/** Short rounds and more of them: this figure goes by the clock, and suffers most from what else the machine does. */
const ROUND_MS = 1_000;
const ROUNDS_FACTOR = 2;
const WINDOW = 500;

/**
 * How many events get from a worker to browsers when as many are emitted as are delivered.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureThroughput(bench) {
  const sites = await openSites(bench);
  const samples = await measureInTurn(bench.rounds * ROUNDS_FACTOR, (contestant) =>
    deliver(sites[contestant], 'emitAsDelivered', { ms: ROUND_MS, window: WINDOW }),
  );
  return [
    {
      name: 'end to end, full speed',
      unit: 'events/s',
      ...pick(samples, 'perSecond'),
      target: { atLeast: 0.91 },
    },
    {
      name: 'server CPU per event, full speed',
      unit: 'µs',
      ...pick(samples, 'serverCpu'),
      target: { atMost: 1.1 },
    },
    { name: 'worker CPU per event, full speed', unit: 'µs', ...pick(samples, 'workerCpu') },
  ];
}
