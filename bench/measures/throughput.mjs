import { measureInTurn } from '../lib/rounds.mjs';
import { deliver, openSites, pick } from '../lib/site.mjs';

const ROUND_MS = 2_000;
const WINDOW = 500;

/**
 * How many events get from a worker to browsers when as many are emitted as are delivered.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureThroughput(bench) {
  const sites = await openSites(bench);
  const samples = await measureInTurn(bench.rounds, (contestant) =>
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
