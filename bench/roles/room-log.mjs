// Appends to the rooms of a log, without emitter and server. Commands: connect, append.
import { CauseLog } from '../../dist/logging/index.js';
import { RedisConnection } from '../../dist/redis/index.js';
import { createEmitterId, DEFAULT_ROOM_LOG_LIMITS, RedisRoomLog } from '../../dist/room-log/index.js';
import { EVENT, payload } from '../lib/events.mjs';
import { serveCommands } from '../lib/serve-commands.mjs';

const emitter = createEmitterId();
const data = `"${EVENT}",${JSON.stringify(payload(0))}`;
/** @type {RedisRoomLog} */
let log;
let seq = 0;

serveCommands({ connect, append });

/** @param {{ redisUrl: string, prefix: string }} settings */
function connect({ redisUrl, prefix }) {
  const { hostname: host, port, username, password } = new URL(redisUrl);
  const causes = new CauseLog(console);
  const connection = new RedisConnection({
    redis: {
      kind: 'options',
      options: { host, port: Number(port || 6379), username, password },
      address: host,
    },
    name: 'bench',
    timeoutMs: 10_000,
    logger: console,
    causes,
  });
  log = new RedisRoomLog({
    connection,
    scope: { prefix, namespace: '/', database: 0 },
    limits: { ...DEFAULT_ROOM_LOG_LIMITS, maxLength: 10_000, maxBytes: 1024 ** 3 },
    causes,
  });
}

/**
 * One call after the other, as a room's lane makes them.
 * @param {{ room: string, calls: number, batch: number, callsPerRoom?: number }} load `callsPerRoom`: a new room after
 *   so many calls
 */
async function append({ room, calls, batch, callsPerRoom = Infinity }) {
  for (let call = 0; call < calls; call++) {
    await log.append({
      room: `${room} ${Math.floor(call / callsPerRoom)}`,
      emitter,
      events: Array.from({ length: batch }, () => ({ kind: 'durable', seq: ++seq, data })),
      firstSentAt: performance.now(),
      isRetry: false,
    });
  }
}
