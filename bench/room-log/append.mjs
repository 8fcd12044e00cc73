// What an append costs: with a short and with a long log, singly, in batches, and of many rooms in one call. Run it after
// `npm run build`, alone on the machine: node bench/room-log/append.mjs
//
// Times of the client contain the client; those of Redis are its own (INFO commandstats). Ratios hold, times do not.
import { Redis } from 'ioredis';
import { startRedisServer } from '../../scripts/lib/redis-server.mjs';
import { CauseLog } from '../../dist/logging/index.js';
import { RedisConnection } from '../../dist/redis/index.js';
import { createEmitterId, DEFAULT_ROOM_LOG_LIMITS, RedisRoomLog } from '../../dist/room-log/index.js';

const ROUNDS = 7;
const PER_ROUND = 2000;
const DATA = JSON.stringify({ kind: 'row', text: 'x'.repeat(80) });

const server = await startRedisServer();
const redis = new Redis(server.url);
const causes = new CauseLog(console);
const connection = new RedisConnection({
  redis: { kind: 'options', options: { host: '127.0.0.1', port: server.port }, address: server.url },
  name: 'bench',
  timeoutMs: 10_000,
  logger: console,
  causes,
});
const log = new RedisRoomLog({
  connection,
  scope: { prefix: 'bench', namespace: '/', database: 0 },
  limits: { ...DEFAULT_ROOM_LOG_LIMITS, maxLength: 20_000, maxBytes: 1024 ** 3 },
  causes,
});
const emitter = createEmitterId();
let seq = 0;

const append = (/** @type {string} */ room, count = 1) =>
  log.append({
    room,
    emitter,
    events: Array.from({ length: count }, () => ({ kind: 'durable', seq: ++seq, data: DATA })),
    firstSentAt: performance.now(),
    isRetry: false,
  });

/** Redis' own microseconds per event. */
async function redisMicroseconds(/** @type {() => Promise<void>} */ work, /** @type {number} */ events) {
  await redis.config('RESETSTAT');
  await work();
  const usec = /cmdstat_evalsha:calls=\d+,usec=(\d+)/.exec(await redis.info('commandstats'))?.[1];
  return Number(usec) / events;
}

/** One that waits for the answer before the next, as a room's lane does. */
const singly = (/** @type {string} */ room) => async () => {
  for (let done = 0; done < PER_ROUND; done++) await append(room);
};
const batched = (/** @type {string} */ room, /** @type {number} */ size) => async () => {
  for (let done = 0; done < PER_ROUND; done += size) await append(room, size);
};
const manyRooms = (/** @type {number} */ rooms) => async () => {
  for (let done = 0; done < PER_ROUND; done += rooms) {
    await Promise.all(Array.from({ length: rooms }, (_, room) => append(`many ${room}`)));
  }
};

/** A new room after every ten, so that no log is longer. */
const shortLogs = (/** @type {number} */ round) => async () => {
  for (let done = 0; done < PER_ROUND; done++) await append(`short ${round} ${Math.floor(done / 10)}`);
};

for (let done = 0; done < 10_000; done += 50) await append('long', 50);

const measured = { 'log of 10': [], 'log of 10,000': [], 'batches of 64': [], '64 rooms a call': [] };
for (let round = 0; round < ROUNDS; round++) {
  // Interleaved, so that a slow moment of the machine is everybody's.
  measured['log of 10'].push(await redisMicroseconds(shortLogs(round), PER_ROUND));
  measured['log of 10,000'].push(await redisMicroseconds(singly('long'), PER_ROUND));
  await redis.call('XTRIM', '{bench#/#long}:1log', 'MAXLEN', '=', '10000');
  measured['batches of 64'].push(await redisMicroseconds(batched('batched', 64), PER_ROUND));
  measured['64 rooms a call'].push(await redisMicroseconds(manyRooms(64), PER_ROUND));
}

const median = (/** @type {number[]} */ values) =>
  [...values].sort((one, other) => one - other)[values.length >> 1];
for (const [name, values] of Object.entries(measured)) {
  console.log(`${name.padEnd(16)} ${median(values).toFixed(1)} µs per event in Redis`);
}
const ratio = median(measured['log of 10,000']) / median(measured['log of 10']);
console.log(`10,000 against 10 entries: ${ratio.toFixed(2)}`);

const start = performance.now();
await log.tails(Array.from({ length: 100_000 }, (_, room) => `audited ${room}`));
console.log(`audit of 100,000 rooms: ${((performance.now() - start) / 1000).toFixed(2)} s`);

await connection.close();
redis.disconnect();
await server.stop();
