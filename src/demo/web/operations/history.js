/** What is kept of a process. */
const KEPT_MS = 180_000;

/**
 * The samples of one process, or of those that followed each other in its place, in the order of their times. They come in
 * pieces that overlap, by whichever way, and late.
 */
export class History {
  /** @type {(import('../../operations/index.js').FigureSample & { pid: number })[]} the oldest first */
  samples = [];
  /** Of the histogram of latencies, in seconds. @type {number[]} */
  latencyBounds = [];
  /** @type {number | undefined} */
  pid;

  /**
   * @param {import('../../operations/index.js').ProcessFigures} figures
   * @returns what was not known yet, the oldest first
   */
  add({ pid, latencyBounds, samples }) {
    const since = this.newest?.time ?? 0;
    const fresh = samples.filter(({ time }) => time > since).map((sample) => ({ ...sample, pid }));
    this.pid = pid;
    this.latencyBounds = latencyBounds;
    this.samples.push(...fresh);
    const kept = (this.newest?.time ?? 0) - KEPT_MS;
    this.samples = this.samples.filter(({ time }) => time > kept);
    return fresh;
  }

  get newest() {
    return this.samples.at(-1);
  }
}
