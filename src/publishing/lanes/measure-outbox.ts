import type { GatewayMetrics } from '../../metrics/index.js';
import type { Lane } from './lane.js';
import type { Outbox } from './outbox.js';

/**
 * Shows in the metrics what waits for the log. It is looked at only when they are collected.
 *
 * @returns ends that
 */
export function measureOutbox(
  metrics: GatewayMetrics,
  outbox: Outbox,
  lanes: () => Iterable<Lane>,
): () => void {
  const stops = [
    metrics.gauge('outbox_events', {}, () => outbox.count),
    metrics.gauge('outbox_bytes', {}, () => outbox.bytes),
    metrics.gauge('outbox_age_seconds', {}, () => {
      const now = performance.now();
      let oldestAt = now;
      for (const lane of lanes()) oldestAt = Math.min(oldestAt, lane.oldestAt ?? now);
      return (now - oldestAt) / 1000;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
