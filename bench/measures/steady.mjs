import { CONTESTANTS } from '../lib/contestants.mjs';
import { measureInTurn, pick } from '../lib/rounds.mjs';
import { deliver, openSites } from '../lib/site.mjs';

const ROUND_MS = 3_000;
const PER_SECOND = 1_000;

/**
 * How long an event takes, and what it costs, at a rate that leaves the machine mostly idle.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureSteady(bench) {
  const sites = await openSites(bench);
  const samples = await measureInTurn(bench.rounds, CONTESTANTS, (contestant) =>
    deliver(sites[contestant], 'emitSteadily', { ms: ROUND_MS, perSecond: PER_SECOND }),
  );
  const live = { atMost: 1.1 };
  const at = `at ${PER_SECOND.toLocaleString('en')}/s`;
  return [
    {
      name: `latency p50 ${at}`,
      unit: 'ms',
      values: pick(samples, 'p50'),
      targets: { live, durable: { atMost: 1.15 } },
    },
    { name: `latency p99 ${at}`, unit: 'ms', values: pick(samples, 'p99'), targets: { live } },
    { name: `server CPU per event ${at}`, unit: 'µs', values: pick(samples, 'serverCpu'), targets: { live } },
    { name: `worker CPU per emit ${at}`, unit: 'µs', values: pick(samples, 'workerCpu') },
  ];
}
