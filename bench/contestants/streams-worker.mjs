import { Redis } from 'ioredis';
import { EVENT } from '../lib/events.mjs';

/** As the adapter's MessageType has it. */
const BROADCAST = '3';
const MAX_LENGTH = 10_000;

/**
 * The least that emits to a server with the streams adapter: the XADD that the adapter itself would do.
 * @param {{ redisUrl: string, prefix: string }} settings
 * @returns {import('./plain-worker.mjs').BenchEmitter}
 */
export function createEmitter({ redisUrl, prefix }) {
  const redis = new Redis(redisUrl);
  /** @type {Promise<unknown> | undefined} */
  let last;
  let failure;
  return {
    emit(user, data) {
      const message = JSON.stringify({
        packet: { type: 2, data: [EVENT, data], nsp: '/' },
        opts: { rooms: [`user:${user}`], except: [], flags: {} },
      });
      const fields = ['uid', 'emitter', 'nsp', '/', 'type', BROADCAST, 'data', message];
      last = redis
        .xadd(prefix, 'MAXLEN', '~', MAX_LENGTH, '*', ...fields)
        .catch((error) => (failure = error));
    },
    async settled() {
      await last;
      if (failure) throw failure;
    },
  };
}
