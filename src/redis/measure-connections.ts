import type { GatewayMetrics } from '../metrics/index.js';
import type { RedisConnection } from './redis-connection.js';

/**
 * Shows in the metrics which connections are ready.
 *
 * @param connections by the names that they have there
 * @returns ends that
 */
export function measureConnections(
  metrics: GatewayMetrics,
  connections: Readonly<Record<string, RedisConnection>>,
): () => void {
  const stops = Object.entries(connections).map(([name, connection]) =>
    metrics.gauge('redis_up', { connection: name }, () => (connection.isReady ? 1 : 0)),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
