import { Emitter } from '@socket.io/redis-emitter';
import { Redis } from 'ioredis';
import { EVENT } from '../lib/events.mjs';

/**
 * @typedef {object} BenchEmitter
 * @property {(user: string, data: object) => void} emit
 * @property {() => Promise<void>} settled resolves when Redis has taken all that was emitted: it answers in order, so
 *   the last answer is enough
 */

/**
 * The official emitter with ioredis. It drops the promises of its client, and one that rejects would end the process:
 * handling that is the least that an application has to add.
 * @param {{ redisUrl: string, prefix: string }} settings
 * @returns {BenchEmitter}
 */
export function createEmitter({ redisUrl, prefix }) {
  const redis = new Redis(redisUrl);
  /** @type {Promise<unknown> | undefined} */
  let last;
  let failure;
  const client = {
    /** @param {string} channel @param {Buffer} message */
    publish(channel, message) {
      last = redis.publish(channel, message).catch((error) => (failure = error));
    },
  };
  const emitter = new Emitter(client, { key: prefix });
  return {
    emit(user, data) {
      emitter.to(`user:${user}`).emit(EVENT, data);
    },
    async settled() {
      await last;
      if (failure) throw failure;
    },
  };
}
