import { CONTESTANTS } from '../lib/contestants.mjs';
import { measureInTurn, pick } from '../lib/rounds.mjs';
import { deliver, openSites } from '../lib/site.mjs';

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
  const samples = await measureInTurn(bench.rounds * ROUNDS_FACTOR, CONTESTANTS, (contestant) =>
    deliver(sites[contestant], 'emitAsDelivered', { ms: ROUND_MS, window: WINDOW }),
  );
  return [
    {
      name: 'end to end, full speed',
      unit: 'events/s',
      values: pick(samples, 'perSecond'),
      targets: { live: { atLeast: 0.91 }, durable: { atLeast: 1.1 } },
    },
    {
      name: 'server CPU per event, full speed',
      unit: 'µs',
      values: pick(samples, 'serverCpu'),
      targets: { live: { atMost: 1.1 }, durable: { atMost: 0.75 } },
    },
    { name: 'worker CPU per event, full speed', unit: 'µs', values: pick(samples, 'workerCpu') },
  ];
}
