import { measureInTurn, pick } from '../lib/rounds.mjs';
import { deliver, openSites } from '../lib/site.mjs';

/** Short rounds and many of them: the difference is smaller than what two rounds of the same differ by. */
const ROUND_MS = 1_000;
const ROUNDS_FACTOR = 4;
const WINDOW = 500;

/**
 * What counting and measuring with prom-client costs a server, collected once a second; at full speed, where an event costs
 * least and its share is largest.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureMetrics(bench) {
  const contestants = /** @type {const} */ (['durable', 'metered']);
  const sites = await openSites(bench, contestants);
  const samples = await measureInTurn(bench.rounds * ROUNDS_FACTOR, contestants, (contestant) =>
    deliver(sites[contestant], 'emitAsDelivered', { ms: ROUND_MS, window: WINDOW }),
  );
  const { durable = [], metered = [] } = pick(samples, 'serverCpu');
  const ratios = metered.map((cost, round) => cost / (durable[round] ?? NaN));
  return [
    { name: 'server CPU per event, without metrics', unit: 'µs', values: { durable } },
    { name: 'server CPU per event, with metrics', unit: 'µs', values: { durable: metered } },
    {
      name: 'the second divided by the first',
      unit: 'times',
      values: { durable: ratios },
      targets: { durable: { atMost: 1.03 } },
    },
  ];
}
