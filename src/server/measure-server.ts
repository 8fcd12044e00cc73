import type { Namespace } from 'socket.io';
import { measureEventLoop, type GatewayMetrics } from '../metrics/index.js';
import { getSocketUser } from './users/index.js';
import type { RoomFeed } from './feed/index.js';

/**
 * Shows in the metrics who is connected and what is followed. It is looked at only when they are collected.
 *
 * @param namespace the gateway's, once there is one
 * @returns ends that
 */
export function measureServer(
  metrics: GatewayMetrics,
  namespace: () => Namespace | undefined,
  feed: RoomFeed,
): () => void {
  const stops = [
    measureEventLoop(metrics),
    metrics.gauge('connections', {}, () => namespace()?.sockets.size ?? 0),
    metrics.gauge('users', {}, () => userCount(namespace())),
    metrics.gauge('rooms', {}, () => feed.roomCount),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function userCount(namespace: Namespace | undefined): number {
  const users = new Set<string>();
  for (const socket of namespace?.sockets.values() ?? []) {
    const user = getSocketUser(socket);
    if (user) users.add(user.id);
  }
  return users.size;
}
