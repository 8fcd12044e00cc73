// A worker. argv: ours | plain | streams. Commands: connect, emitToEach, emitAtFullSpeed, emitAsDelivered, emitSteadily;
// the last three answer with { count, cpu (microseconds), ms }.
import { connect as connectSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { payload, userId } from '../lib/events.mjs';
import { ownCpu } from '../lib/own-cpu.mjs';
import { serveCommands } from '../lib/serve-commands.mjs';

const { createEmitter } = await import(`../contestants/${process.argv[2]}-worker.mjs`);

const BATCH = 64;

/** When nothing is delivered for so long, nothing will be. */
const STUCK_MS = 10_000;

/** @type {import('../contestants/plain-worker.mjs').BenchEmitter} */
let emitter;

serveCommands({ connect, emitToEach, emitAtFullSpeed, emitAsDelivered, emitSteadily });

/** @param {{ redisUrl: string, prefix: string }} settings */
async function connect(settings) {
  emitter = createEmitter(settings);
  // To nobody: the clients count what they get.
  emitter.emit('nobody', payload(0));
  await emitter.settled();
}

/**
 * Some events to each of many users, whatever it costs.
 * @param {{ name: string, users: number, each: number }} load
 */
async function emitToEach({ name, users, each }) {
  for (let count = 0; count < users * each; count++) {
    emitter.emit(`${name}-${count % users}`, payload(count));
    if (count % BATCH === 0) await emitter.settled();
  }
  await emitter.settled();
}

/**
 * As fast as Redis takes it: the next batch is emitted when the one before was taken.
 * @param {{ ms: number, batch: number }} load
 */
function emitAtFullSpeed({ ms, batch }) {
  return measured(async (isOver) => {
    let count = 0;
    while (!isOver(ms)) {
      for (const end = count + batch; count < end; count++) emitter.emit(userId(count), payload(count));
      await emitter.settled();
    }
    return count;
  });
}

/**
 * As fast as it is delivered: no more than `window` events are under way, so that nothing is dropped or piles up.
 * @param {{ ms: number, window: number, deliveriesPort: number }} load `deliveriesPort` is where the clients tell how
 *   many events they have got
 * @throws when they get no more of them
 */
async function emitAsDelivered({ ms, window, deliveriesPort }) {
  const socket = connectSocket(deliveriesPort, '127.0.0.1');
  let deliveredCount = 0;
  let wake = () => {};
  socket.on('data', (chunk) => {
    // Totals of 4 bytes each; of a few that come at once the last one counts. They are never split: they fit a packet.
    deliveredCount = chunk.readUInt32BE(chunk.length - 4);
    wake();
  });
  let seenCount = 0;
  let isStuck = false;
  const watch = setInterval(() => {
    isStuck = deliveredCount === seenCount;
    seenCount = deliveredCount;
    if (isStuck) wake();
  }, STUCK_MS);
  try {
    return await measured(async (isOver) => {
      let count = 0;
      while (!isOver(ms)) {
        for (; count < deliveredCount + window; count++) emitter.emit(userId(count), payload(count));
        await new Promise((resolve) => (wake = () => resolve(undefined)));
        if (isStuck)
          throw new Error(`${count} events were emitted, ${deliveredCount} delivered, and no more.`);
      }
      return count;
    });
  } finally {
    clearInterval(watch);
    socket.destroy();
  }
}

/**
 * At a steady rate, as far as timers are steady: what is due is emitted.
 * @param {{ ms: number, perSecond: number }} load
 */
function emitSteadily({ ms, perSecond }) {
  return measured(async (isOver) => {
    const start = performance.now();
    let count = 0;
    while (!isOver(ms)) {
      const due = ((performance.now() - start) / 1000) * perSecond;
      for (; count < due; count++) emitter.emit(userId(count), payload(count));
      await delay(1);
    }
    return count;
  });
}

/** @param {(isOver: (ms: number) => boolean) => Promise<number>} work answers with how much it has emitted */
async function measured(work) {
  const cpu = ownCpu();
  const start = performance.now();
  const count = await work((ms) => performance.now() - start >= ms);
  await emitter.settled();
  return { count, cpu: ownCpu() - cpu, ms: performance.now() - start };
}
