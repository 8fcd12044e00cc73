import { RECIPES } from '../lib/contestants.mjs';
import { measureInTurn, pick } from '../lib/rounds.mjs';

const CLIENTS = 5_000;
const MISSED = 10;

/** The plain one keeps nothing: its clients only connect. */
const MEASURED = /** @type {const} */ (['durable', 'streams', 'plain']);

/** @typedef {{ name: string, users: number }} Crowd */

/** @type {readonly Crowd[]} */
const CROWDS = [
  { name: 'one room', users: 1 },
  { name: `${CLIENTS.toLocaleString('en')} rooms`, users: CLIENTS },
];

/**
 * What happens when a server was replaced: all its clients come to another one, each with events that it has missed. Once,
 * because it takes long, and is about orders of magnitude.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureReturn(bench) {
  const figures = [];
  for (const crowd of CROWDS) {
    const samples = await measureInTurn(1, MEASURED, (contestant) => returnOf(bench, contestant, crowd), {
      warmsUp: false,
    });
    const of = `${CLIENTS.toLocaleString('en')} return to ${crowd.name}, ${MISSED} missed each`;
    figures.push(
      { name: `${of}: all have them after`, unit: 'ms', values: pick(samples, 'ms') },
      { name: `${of}: Redis commands`, unit: '', values: pick(samples, 'commands') },
      { name: `${of}: clients that get all`, unit: '', values: pick(samples, 'complete') },
    );
  }
  return figures;
}

/**
 * @param {import('../lib/bench.mjs').Bench} bench
 * @param {import('../lib/contestants.mjs').Contestant} contestant
 * @param {Crowd} crowd
 */
async function returnOf(bench, contestant, { users }) {
  const keeps = contestant !== 'plain';
  const name = `returning-of-${users}`;
  const options = { verifiesTokens: true };
  const observer = await bench.startObserver();
  const visitors = bench.startVisitors();
  const worker = await bench.startWorker(contestant);
  const former = await bench.startServer(contestant, options);
  const { readyEvent } = RECIPES[contestant];
  await visitors.call('come', { port: former.port, count: CLIENTS, users, name, readyEvent });
  // One event that they get: without one a client has no offset in a stream.
  await worker.call('emitToEach', { name, users, each: 1 });
  await visitors.call('have', { each: 1 });
  await visitors.call('leave');
  await former.process.end();
  await worker.call('emitToEach', { name, users, each: MISSED });

  const next = await bench.startServer(contestant, options);
  const before = await observer.call('usage');
  const { ms, complete } = await visitors.call('comeBack', { port: next.port, each: keeps ? MISSED : 0 });
  const after = await observer.call('usage');
  await bench.endRoles();
  return {
    ms: ms ?? NaN,
    commands: keeps ? after.commands - before.commands : NaN,
    complete: keeps ? complete : NaN,
  };
}
