/** @typedef {'live' | 'durable' | 'metered' | 'streams' | 'plain'} Contestant */

/**
 * How a contestant is made.
 * @typedef {object} Recipe
 * @property {'ours' | 'plain' | 'streams'} code which files of bench/contestants
 * @property {object} settings for its server and its worker
 * @property {string} [readyEvent] the event after which a client of it misses nothing more; default: once it is connected
 */

/**
 * - `live`, `durable`: the library, in two deliveries. The server is the same; it follows its rooms in either case.
 * - `metered`: as `durable`, with the server's metrics; only compared with that.
 * - `streams`: the official adapter that keeps 10,000 entries of all rooms together, with an emitter that appends them.
 * - `plain`: the official adapter and emitter that keep nothing. All others are compared with it.
 *
 * @type {Readonly<Record<Contestant, Recipe>>}
 */
export const RECIPES = {
  live: { code: 'ours', settings: { delivery: 'live' }, readyEvent: 'gateway:ready' },
  durable: { code: 'ours', settings: { delivery: 'durable' }, readyEvent: 'gateway:ready' },
  metered: { code: 'ours', settings: { delivery: 'durable', metrics: true }, readyEvent: 'gateway:ready' },
  streams: { code: 'streams', settings: {} },
  plain: { code: 'plain', settings: {} },
};

/** Those that are compared with `plain`. */
export const CONTESTANTS = /** @type {readonly Contestant[]} */ (['live', 'durable', 'streams', 'plain']);
