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

/** Those that wait for most of their time, ten minutes the first of them, are made beside the others. */
export const BESIDE = ['test/chaos/deaf', 'test/chaos/outbox', 'test/chaos/rollbacks'];
