import type { GatewayMetrics, Histogram } from '../../metrics/index.js';
import { streamIdOf, type Token } from '../../room-log/index.js';

/** No emitter and no fallback waits for longer. A client that says so makes it up. */
const LONGEST_MS = 7 * 24 * 60 * 60 * 1000;

/** Measures how long events take from the log into browsers and back, by what clients acknowledge. */
export class AcknowledgementMeter {
  readonly #emitToBrowser: Histogram;
  readonly #logTime: () => number;

  /** @param logTime the time in ms of the clock by which the log makes tokens */
  constructor(metrics: GatewayMetrics, logTime: () => number) {
    this.#emitToBrowser = metrics.histogram('emit_to_browser_seconds');
    this.#logTime = logTime;
  }

  /**
   * Acknowledgements have arrived: from now on nothing counts that the server does with them.
   *
   * @returns to be called with those of them that somebody waited for
   */
  arrived(): (tokens: readonly Token[]) => void {
    const at = this.#logTime();
    return (tokens) => {
      for (const token of tokens) {
        const ms = at - streamIdOf(token).ms;
        // Clocks may differ by a little.
        if (ms <= LONGEST_MS) this.#emitToBrowser.observe(Math.max(0, ms) / 1000);
      }
    };
  }
}
