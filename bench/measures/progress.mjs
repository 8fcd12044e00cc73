import { createHash } from 'node:crypto';

const CALLS = 100_000;

/** Short rounds and many of them: the difference is small. */
const ROUNDS_FACTOR = 4;

/**
 * How much a loop is slowed by telling its progress each time it goes round; its work is less than to read one row of a file
 * and to check it.
 *
 * @param {import('../lib/bench.mjs').Bench} bench
 * @returns {Promise<import('../lib/figure.mjs').Figure[]>}
 */
export async function measureProgress(bench) {
  // Only now: from a fresh clone it has to be built first.
  const { JobReporter } = await import('nestjs-socket-gateway/jobs');
  const { RecordingEmitter } = await import('nestjs-socket-gateway/testing');
  const reporter = new JobReporter(new RecordingEmitter());
  const ratios = [];
  for (let round = 0; round <= bench.rounds * ROUNDS_FACTOR; round++) {
    const report = reporter.for({ id: `job-${round}`, queueName: 'bench' });
    // Neither is always the first.
    const [one, other] = round % 2 === 0 ? [undefined, report] : [report, undefined];
    const [first, second] = [loop(one), loop(other)];
    // The first round warms up.
    if (round > 0) ratios.push(round % 2 === 0 ? second / first : first / second);
    await report.completed();
  }
  return [
    {
      name: 'a loop that tells its progress 100,000 times, divided by one that does not',
      unit: 'times',
      values: { durable: ratios },
      targets: { durable: { atMost: 1.1 } },
    },
  ];
}

/** @param {{ progress(done: number, total: number): void } | undefined} report */
function loop(report) {
  const start = performance.now();
  for (let done = 1; done <= CALLS; done++) {
    createHash('sha256').update(`row ${done}`.padEnd(1000)).digest('base64');
    report?.progress(done, CALLS);
  }
  return performance.now() - start;
}
