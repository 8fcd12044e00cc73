import type { ResolvedRedis } from '../../config/index.js';
import type { CauseLog, GatewayLogger } from '../../logging/index.js';
import type { RedisConnection, RedisSubscriber } from '../../redis/index.js';
import type { LiveDeliveries } from '../tracing/index.js';
import { LocalTransport } from './local.transport.js';
import { PubsubTransport } from './pubsub.transport.js';
import type { SocketTransport } from './socket-transport.interface.js';

/** What decides which transport a server has. */
interface TransportOptions {
  readonly redis: ResolvedRedis;
  readonly prefix: string;
  readonly transport: 'pubsub' | 'local' | SocketTransport;
}

/** The connections that it works over; they stay the caller's. */
interface TransportConnections {
  readonly connection: RedisConnection;
  readonly subscriber: RedisSubscriber;
}

/** The transport that the options ask for; without a Redis the server is by itself, and a warning says so once. */
export function createTransport(
  { redis, prefix, transport }: TransportOptions,
  connections: TransportConnections | undefined,
  { logger, causes }: { logger: GatewayLogger; causes: CauseLog },
  traces?: LiveDeliveries,
): SocketTransport {
  if (typeof transport === 'object') return transport;
  if (transport === 'local') return new LocalTransport();
  if (connections) return new PubsubTransport({ ...connections, prefix, causes, traces });
  if (redis.kind === 'invalid') logger.error(`${redis.reason} This server serves its own sockets only.`);
  else logger.warn('No Redis is configured (REDIS_URL): this server serves its own sockets only.');
  return new LocalTransport();
}
