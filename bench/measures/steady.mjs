import { CONTESTANTS } from '../lib/contestants.mjs';
import { joinSamples, measureInTurn, pick } from '../lib/rounds.mjs';
import { deliver, openSites } from '../lib/site.mjs';

const ROUND_MS = 1_000;
const PER_SECOND = 1_000;

/** So many short rounds with the same processes: from one start to the next these differ by more than rounds do. */
const ROUNDS_PER_START = 3;

/** At full speed, which is thrown away, as is the first round: code that has run as often as in a process that is not new. */
const WARM_UP = { ms: 1_000, window: 500 };

/** @typedef {Awaited<ReturnType<typeof deliver>>} Sample */

/**
 * How long an event takes, and what it costs, at a rate that leaves the machine mostly idle.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureSteady(bench) {
  /** @type {import('../lib/rounds.mjs').Samples<Sample>[]} */
  const parts = [];
  for (let start = 0; start < bench.rounds; start++) {
    parts.push(await measureStarted(bench));
    await bench.endRoles();
  }
  const samples = joinSamples(parts);
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

/** @param {import('../lib/bench.mjs').Bench} bench */
async function measureStarted(bench) {
  const sites = await openSites(bench);
  for (const contestant of CONTESTANTS) await deliver(sites[contestant], 'emitAsDelivered', WARM_UP);
  const load = { ms: ROUND_MS, perSecond: PER_SECOND };
  const measure = (/** @type {import('../lib/contestants.mjs').Contestant} */ contestant) =>
    deliver(sites[contestant], 'emitSteadily', load);
  return measureInTurn(ROUNDS_PER_START, CONTESTANTS, measure);
}
