import type { CauseLog, GatewayLogger } from '../../logging/index.js';
import type { ResolvedGatewayOptions } from '../../config/index.js';
import { LocalTransport } from './local.transport.js';
import { PubsubTransport } from './pubsub.transport.js';
import type { SocketTransport } from './socket-transport.interface.js';

/** What decides which transport a server has. */
interface TransportOptions extends ResolvedGatewayOptions {
  readonly transport: 'pubsub' | 'local' | SocketTransport;
}

/** The transport that the options ask for; without a Redis the server is by itself, and a warning says so once. */
export function createTransport(
  options: TransportOptions,
  logger: GatewayLogger,
  causes: CauseLog,
): SocketTransport {
  const { redis, prefix, namespace, transport, emitTimeoutMs } = options;
  if (typeof transport === 'object') return transport;
  if (transport === 'local') return new LocalTransport();
  if (redis.kind === 'none') {
    logger.warn('No Redis is configured (REDIS_URL): this server serves its own sockets only.');
    return new LocalTransport();
  }
  if (redis.kind === 'invalid') {
    logger.error(`${redis.reason} This server serves its own sockets only.`);
    return new LocalTransport();
  }
  return new PubsubTransport({ redis, prefix, namespace, timeoutMs: emitTimeoutMs, logger, causes });
}
