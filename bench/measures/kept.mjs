const ROOMS = 2_000;
const EVENTS_PER_ROOM = 20;

/** Those that keep something. */
const MEASURED = /** @type {const} */ (['durable', 'streams']);

/**
 * How much memory of Redis an event takes: the first one of a room, and each that follows. Once: it does not vary.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureKept(bench) {
  const observer = await bench.startObserver();
  /** @type {import('../lib/rounds.mjs').Samples<number>} */
  const first = {};
  /** @type {import('../lib/rounds.mjs').Samples<number>} */
  const next = {};
  for (const contestant of MEASURED) {
    const worker = await bench.startWorker(contestant);
    const before = await observer.call('usage');
    await worker.call('emitToEach', { name: 'kept', users: ROOMS, each: 1 });
    const rooms = await observer.call('usage');
    // To a few of the rooms, so that the shared stream does not begin to forget.
    await worker.call('emitToEach', { name: 'kept', users: ROOMS / 10, each: EVENTS_PER_ROOM });
    const events = await observer.call('usage');
    first[contestant] = [(rooms.memory - before.memory) / ROOMS];
    next[contestant] = [(events.memory - rooms.memory) / ((ROOMS / 10) * EVENTS_PER_ROOM)];
  }
  return [
    { name: 'memory of Redis per room with one event', unit: 'bytes', values: first },
    { name: 'memory of Redis per further event', unit: 'bytes', values: next },
  ];
}
