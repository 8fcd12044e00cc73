/**
 * Where trials are: all that is in test/chaos, and tests of other parts that put something at risk on purpose and record
 * what came of it.
 */
export const TRIALS = [
  'test/chaos',
  'test/e2e/degrading/redis-blackholed',
  'test/e2e/degrading/redis-paused',
  'test/e2e/processes/draining',
  'test/e2e/processes/ending-in-time',
  'test/e2e/sessions',
  'test/integration/server/room-secrecy',
];

/** In its full form it takes ten minutes, and waits for most of them: it is made beside the others. */
export const BESIDE = 'test/chaos/outbox';
