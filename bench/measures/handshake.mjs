import { measureInTurn } from '../lib/rounds.mjs';
import { pick } from '../lib/site.mjs';

const ROUND_MS = 2_000;

/**
 * How many clients with a JWT a server lets in each second. The plain server verifies the token by the same code in
 * middleware of its own.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureHandshake(bench) {
  const clients = bench.startClients();
  const servers = {
    ours: await bench.startServer('ours'),
    plain: await bench.startServer('plain', { verifiesTokens: true }),
  };
  const samples = await measureInTurn(bench.rounds, async (contestant) => {
    const { process, port } = servers[contestant];
    const cpu = await process.call('cpu');
    const { count, ms } = await clients.call('connectRepeatedly', { port, ms: ROUND_MS });
    return { perSecond: count / (ms / 1000), cpu: ((await process.call('cpu')) - cpu) / count };
  });
  return [
    { name: 'handshakes with a JWT', unit: '1/s', ...pick(samples, 'perSecond'), target: { atLeast: 0.8 } },
    { name: 'server CPU per handshake', unit: 'µs', ...pick(samples, 'cpu') },
  ];
}
