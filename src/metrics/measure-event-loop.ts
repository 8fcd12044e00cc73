import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { GatewayMetrics } from './gateway-metrics.js';

/** How often it is looked at. What is measured is the time between two looks, this included. */
const RESOLUTION_MS = 20;

/**
 * Shows the delay of the event loop, from the first collection on: before, nothing is measured.
 *
 * @returns ends that
 */
export function measureEventLoop(metrics: GatewayMetrics): () => void {
  let monitor: IntervalHistogram | undefined;
  const stop = metrics.gauge('event_loop_delay_seconds', {}, () => {
    if (!monitor) {
      monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      monitor.enable();
      return 0;
    }
    const longestMs = monitor.max / 1e6;
    monitor.reset();
    return Math.max(0, longestMs - RESOLUTION_MS) / 1000;
  });
  return () => {
    stop();
    monitor?.disable();
  };
}
