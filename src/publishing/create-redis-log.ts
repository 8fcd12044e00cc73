import type { ResolvedGatewayOptions } from '../config/index.js';
import type { CauseLog, GatewayLogger } from '../logging/index.js';
import { UndecodableMessages, type RedisConnection } from '../redis/index.js';
import { RedisRoomLog, warnWhenEvicting } from '../room-log/index.js';
import { isReadableData } from './readable-data.js';

/**
 * The rooms' log in the Redis of a connection, which stays the caller's. Does not connect; at the first connection it warns
 * when that Redis may throw kept events away.
 */
export function createRedisLog(
  connection: RedisConnection,
  { prefix, namespace, database, log, metrics }: ResolvedGatewayOptions,
  { logger, causes, isEager }: { logger: GatewayLogger; causes: CauseLog; isEager?: boolean },
): RedisRoomLog {
  warnWhenEvicting(connection, logger);
  const undecodable = new UndecodableMessages({ causes, metrics });
  return new RedisRoomLog({
    connection,
    scope: { prefix, namespace, database },
    limits: log,
    causes,
    isEager,
    isReadable: (room, data) => {
      if (isReadableData(room, data)) return true;
      undecodable.report('log', 'What is kept of a room has something that is none of ours; it is left out.');
      return false;
    },
  });
}
