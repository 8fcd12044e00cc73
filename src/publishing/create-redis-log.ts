import type { ResolvedGatewayOptions } from '../config/index.js';
import type { CauseLog, GatewayLogger } from '../logging/index.js';
import type { RedisConnection } from '../redis/index.js';
import { RedisRoomLog, warnWhenEvicting } from '../room-log/index.js';

/**
 * The rooms' log in the Redis of a connection, which stays the caller's. Does not connect; at the first connection it warns
 * when that Redis may throw kept events away.
 */
export function createRedisLog(
  connection: RedisConnection,
  { prefix, namespace, database, log }: ResolvedGatewayOptions,
  { logger, causes }: { logger: GatewayLogger; causes: CauseLog },
): RedisRoomLog {
  warnWhenEvicting(connection, logger);
  return new RedisRoomLog({ connection, scope: { prefix, namespace, database }, limits: log, causes });
}
