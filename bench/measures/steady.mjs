import { measureInTurn } from '../lib/rounds.mjs';
import { deliver, openSites, pick } from '../lib/site.mjs';

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
  const samples = await measureInTurn(bench.rounds, (contestant) =>
    deliver(sites[contestant], 'emitSteadily', { ms: ROUND_MS, perSecond: PER_SECOND }),
  );
  const target = { atMost: 1.1 };
  const at = `at ${PER_SECOND.toLocaleString('en')}/s`;
  return [
    { name: `latency p50 ${at}`, unit: 'ms', ...pick(samples, 'p50'), target },
    { name: `latency p99 ${at}`, unit: 'ms', ...pick(samples, 'p99'), target },
    { name: `server CPU per event ${at}`, unit: 'µs', ...pick(samples, 'serverCpu'), target },
    { name: `worker CPU per emit ${at}`, unit: 'µs', ...pick(samples, 'workerCpu') },
  ];
}
