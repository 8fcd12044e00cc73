export { findServers, presenceChannel, type Presence } from './presence.js';
export { RedisConnection } from './redis-connection.js';
export { RedisSubscriber, type MessageHandler } from './redis-subscriber.js';
export { mastersOf, type ReachableRedis, type RedisClient } from './redis-client.js';
export { redisFailure } from './redis-failure.js';
