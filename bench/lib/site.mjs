import { CONTESTANTS, RECIPES } from './contestants.mjs';
import { USER_COUNT } from './events.mjs';

/** @typedef {import('./contestants.mjs').Contestant} Contestant */

/**
 * A server with its clients, and a worker that emits to them.
 * @typedef {object} Site
 * @property {import('./role-process.mjs').RoleProcess} server
 * @property {import('./role-process.mjs').RoleProcess} worker
 * @property {import('./role-process.mjs').RoleProcess} clients
 */

/**
 * @param {import('./bench.mjs').Bench} bench
 * @param {readonly Contestant[]} contestants
 * @returns {Promise<Record<Contestant, Site>>}
 */
export async function openSites(bench, contestants = CONTESTANTS) {
  const sites = await Promise.all(contestants.map((contestant) => openSite(bench, contestant)));
  return /** @type {any} */ (Object.fromEntries(contestants.map((name, index) => [name, sites[index]])));
}

/**
 * @param {import('./bench.mjs').Bench} bench
 * @param {Contestant} contestant
 * @returns {Promise<Site>}
 */
async function openSite(bench, contestant) {
  const server = await bench.startServer(contestant);
  const clients = bench.startClients();
  const { readyEvent } = RECIPES[contestant];
  await clients.call('open', { port: server.port, count: USER_COUNT, readyEvent });
  const worker = await bench.startWorker(contestant);
  return { server: server.process, clients, worker };
}

/**
 * Lets the worker emit, and waits until the clients have got all of it.
 * @param {Site} site
 * @param {string} command of the worker
 * @param {object} load
 */
export async function deliver({ server, worker, clients }, command, load) {
  const { deliveriesPort, at } = await clients.call('receive');
  const serverCpu = await server.call('cpu');
  const emitted = await worker.call(command, { ...load, deliveriesPort });
  const received = await clients.call('received', { count: emitted.count });
  return {
    perSecond: emitted.count / ((received.lastReceivedAt - at) / 1000),
    workerCpu: emitted.cpu / emitted.count,
    serverCpu: ((await server.call('cpu')) - serverCpu) / emitted.count,
    p50: received.p50,
    p99: received.p99,
  };
}
