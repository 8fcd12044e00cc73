import { RECIPES } from '../lib/contestants.mjs';
import { measureInTurn, pick } from '../lib/rounds.mjs';

const ROUND_MS = 2_000;

/** One of ours: a server does the same whatever is emitted. */
const MEASURED = /** @type {const} */ (['durable', 'plain']);

/**
 * How many clients with a JWT a server lets in each second. The plain server verifies the token by the same code in
 * middleware of its own; a client of ours is in when it misses nothing more.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureHandshake(bench) {
  const clients = bench.startClients();
  const servers = {
    durable: await bench.startServer('durable'),
    plain: await bench.startServer('plain', { verifiesTokens: true }),
  };
  const samples = await measureInTurn(bench.rounds, MEASURED, async (contestant) => {
    const { process, port } = servers[/** @type {'durable' | 'plain'} */ (contestant)];
    const cpu = await process.call('cpu');
    const { readyEvent } = RECIPES[contestant];
    const { count, ms } = await clients.call('connectRepeatedly', { port, ms: ROUND_MS, readyEvent });
    return { perSecond: count / (ms / 1000), cpu: ((await process.call('cpu')) - cpu) / count };
  });
  return [
    {
      name: 'handshakes with a JWT',
      unit: '1/s',
      values: pick(samples, 'perSecond'),
      targets: { durable: { atLeast: 0.8 } },
    },
    { name: 'server CPU per handshake', unit: 'µs', values: pick(samples, 'cpu') },
  ];
}
