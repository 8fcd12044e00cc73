import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
import { EVENT } from '../lib/events.mjs';

/**
 * @param {{ redisUrl: string, prefix: string }} settings
 * @returns {import('./plain-worker.mjs').BenchEmitter}
 */
export function createEmitter({ redisUrl, prefix }) {
  const emitter = createWorkerEmitter({ redis: redisUrl, prefix });
  /** @type {ReturnType<typeof emitter.emitToUser> | undefined} */
  let last;
  return {
    emit(user, data) {
      last = emitter.emitToUser(user, EVENT, data, { delivery: 'live' });
    },
    async settled() {
      const result = await last;
      if (result?.status === 'failed') throw result.error;
    },
  };
}
