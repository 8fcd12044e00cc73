import { RECIPES } from '../lib/contestants.mjs';
import { measureInTurn, pick } from '../lib/rounds.mjs';

const CONNECTION_COUNT = 2_000;
/** A round starts a server of its own: a heap that has grown once says nothing about the next connections. */
const MAX_ROUNDS = 2;

/** One of ours: a server does the same whatever is emitted. */
const MEASURED = /** @type {const} */ (['durable', 'plain']);

/**
 * What an idle connection occupies in the server. Ours has verified a token and keeps the user; the plain one
 * believes what it is told.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureMemory(bench) {
  const samples = await measureInTurn(Math.min(bench.rounds, MAX_ROUNDS), MEASURED, (contestant) =>
    perConnection(bench, contestant),
  );
  const targets = { durable: { atMost: 1.1 } };
  const of = `of ${CONNECTION_COUNT.toLocaleString('en')} idle connections, each`;
  return [
    { name: `RSS ${of}`, unit: 'KiB', values: pick(samples, 'rss'), targets },
    { name: `heap ${of}`, unit: 'KiB', values: pick(samples, 'heapUsed'), targets },
  ];
}

/**
 * @param {import('../lib/bench.mjs').Bench} bench
 * @param {import('../lib/contestants.mjs').Contestant} contestant
 */
async function perConnection(bench, contestant) {
  const server = await bench.startServer(contestant);
  const clients = bench.startClients();
  const { readyEvent } = RECIPES[contestant];
  // What the first connections load and compile is not theirs.
  await clients.call('open', { port: server.port, count: 100, readyEvent });
  await clients.call('close');
  const before = await server.process.call('memory');
  await clients.call('open', { port: server.port, count: CONNECTION_COUNT, readyEvent });
  const after = await server.process.call('memory');
  await bench.endRoles();
  const each = (/** @type {'rss' | 'heapUsed'} */ kind) =>
    (after[kind] - before[kind]) / CONNECTION_COUNT / 1024;
  return { rss: each('rss'), heapUsed: each('heapUsed') };
}
