// Many clients of one server. Commands: open, receive, received, close, connectRepeatedly.
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EVENT, USER_COUNT, sentAtOf, userId } from '../lib/events.mjs';
import { inParallel } from '../lib/in-parallel.mjs';
import { RawClient } from '../lib/raw-client.mjs';
import { serveCommands } from '../lib/serve-commands.mjs';
import { quantile } from '../lib/statistics.mjs';
import { makeTokens } from '../lib/tokens.mjs';
import { wallClock } from '../lib/wall-clock.mjs';

const CONNECTING_AT_ONCE = 50;
const DELIVERY_DEADLINE_MS = 10_000;
const PREFIX = `["${EVENT}",`;

/** @type {RawClient[]} */
const clients = [];
/** @type {number[]} */
let latencies = [];
let receivedCount = 0;
let lastReceivedAt = 0;
let tell = () => {};

serveCommands({ open, receive, received, close, connectRepeatedly });

/** @param {{ port: number, count: number, readyEvent?: string }} input */
async function open({ port, count, readyEvent }) {
  const auths = authOfUsers();
  let next = 0;
  await inParallel(CONNECTING_AT_ONCE, async () => {
    while (next < count) {
      const client = new RawClient(port, auths[next++ % auths.length] ?? {}, take, readyEvent);
      clients.push(client);
      await client.connected;
    }
  });
}

/** Forgets what was received, and opens a port on which the number of received events is told from now on. */
async function receive() {
  latencies = [];
  receivedCount = 0;
  let isTelling = false;
  const server = createServer({ noDelay: true }, (socket) => {
    tell = () => {
      if (isTelling) return;
      isTelling = true;
      setImmediate(() => {
        isTelling = false;
        const total = Buffer.allocUnsafe(4);
        total.writeUInt32BE(receivedCount);
        if (socket.writable) socket.write(total);
      });
    };
    // All may have come before this connection has.
    tell();
    socket.on('error', () => {});
    socket.once('close', () => {
      tell = () => {};
      server.close();
    });
  });
  server.unref();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { deliveriesPort: address.port, at: wallClock() };
}

/**
 * Waits until all have come.
 * @param {{ count: number }} expected
 * @throws when there are fewer, or more
 */
async function received({ count }) {
  const deadline = performance.now() + DELIVERY_DEADLINE_MS;
  while (receivedCount < count && performance.now() < deadline) await delay(2);
  if (receivedCount !== count) throw new Error(`${count} events were emitted, ${receivedCount} received.`);
  return {
    lastReceivedAt,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

async function close() {
  for (const client of clients.splice(0)) client.close();
  // The server notices it, and cleans up, outside of what is measured next.
  await delay(200);
}

/**
 * Connects and closes again, a few at a time.
 * @param {{ port: number, ms: number, readyEvent?: string }} input
 * @returns how many connections were made
 */
async function connectRepeatedly({ port, ms, readyEvent }) {
  const auths = authOfUsers();
  const start = performance.now();
  let count = 0;
  await inParallel(CONNECTING_AT_ONCE, async () => {
    while (performance.now() - start < ms) {
      const client = new RawClient(port, auths[count++ % auths.length] ?? {}, undefined, readyEvent);
      await client.connected;
      client.close();
    }
  });
  return { count, ms: performance.now() - start };
}

/** @returns {object[]} what each user's clients send: the same to both sides, whether the server looks at it or not */
function authOfUsers() {
  return makeTokens(USER_COUNT, userId).map((token, index) => ({ token, userId: userId(index) }));
}

/** @param {string} packet */
function take(packet) {
  if (!packet.startsWith(PREFIX)) return;
  const now = wallClock();
  latencies.push(now - sentAtOf(packet));
  receivedCount++;
  lastReceivedAt = now;
  tell();
}
