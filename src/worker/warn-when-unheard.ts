import type { GatewayLogger } from '../logging/index.js';
import { findServers, presenceChannel, type Presence, type RedisConnection } from '../redis/index.js';

/**
 * Looks once, at the first connection, whether servers listen where this worker speaks. A worker with another prefix
 * or namespace than every server would publish for nobody, without an error anywhere.
 */
export function warnWhenUnheard(
  connection: RedisConnection,
  presence: Presence,
  logger: GatewayLogger,
): void {
  let hasLooked = false;
  connection.onReady(() => {
    if (hasLooked) return;
    hasLooked = true;
    findServers(connection).then(
      (servers) => {
        if (servers.length === 0 || servers.includes(presenceChannel(presence))) return;
        logger.warn(
          `No server listens to prefix '${presence.prefix}' and namespace '${presence.namespace}' in this version of the messages, so nobody gets what this worker emits. Servers on this Redis: ${servers.join(', ')}.`,
        );
      },
      // Only advice is lost: a user of Redis who may not ask for it can do without.
      (error: unknown) => logger.debug?.(`Could not look for servers: ${String(error)}`),
    );
  });
}
