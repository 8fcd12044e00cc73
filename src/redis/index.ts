export { findServers, presenceChannel, type Presence } from './presence.js';
export { RedisConnection } from './redis-connection.js';
export {
  RedisSubscriber,
  type ConfirmedListener,
  type MessageHandler,
  type RedisSubscriberSettings,
  type SubscriptionKind,
} from './redis-subscriber.js';
export { UndecodableMessages, type MessageSource } from './undecodable-messages.js';
export type { IdentifyServer } from './server-check.js';
export { isCluster, mastersOf, type ReachableRedis, type RedisClient } from './redis-client.js';
export { listenersFirst } from './listeners-first.js';
export { callText } from './text-command.js';
export { redisFailure } from './redis-failure.js';
export { measureConnections } from './measure-connections.js';
