import { createWorkerEmitter } from 'nestjs-socket-gateway/worker';
import { EVENT } from '../lib/events.mjs';

/**
 * @param {{ redisUrl: string, prefix: string, delivery: 'live' | 'durable' }} settings
 * @returns {import('./plain-worker.mjs').BenchEmitter}
 */
export function createEmitter({ redisUrl, prefix, delivery }) {
  const emitter = createWorkerEmitter({ redis: redisUrl, prefix, delivery });
  /** @type {ReturnType<typeof emitter.emitToUser> | undefined} */
  let last;
  return {
    emit(user, data) {
      last = emitter.emitToUser(user, EVENT, data);
    },
    async settled() {
      const result = await last;
      if (result?.status === 'failed') throw result.error;
      if (result?.status === 'queued') throw new Error('Redis has not taken an event in time.');
    },
  };
}
