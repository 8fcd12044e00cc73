import { isGatewayError } from '../../contract/index.js';
import type { GatewayLogger } from '../../logging/index.js';
import { mastersOf, type RedisConnection } from '../../redis/index.js';

/**
 * Looks once, at the first connection, whether this Redis deletes keys when its memory is full. Everything of the log has
 * an expiry, so each policy but `noeviction` may delete it, and events would be lost that the log has acknowledged.
 */
export function warnWhenEvicting(connection: RedisConnection, logger: GatewayLogger): void {
  let hasLooked = false;
  connection.onReady(() => {
    if (hasLooked) return;
    hasLooked = true;
    connection
      .call((client) => Promise.all(mastersOf(client).map((node) => node.info('memory'))))
      .then(
        (answers) => {
          const policy = answers.map(evictingPolicy).find((found) => found !== undefined);
          if (policy === undefined) return;
          logger.warn(
            `Redis at ${connection.address} deletes keys when its memory is full (maxmemory-policy ${policy}), kept events among them. Set maxmemory-policy to noeviction.`,
          );
        },
        (error: unknown) => {
          // The connection was lost meanwhile: the next one is looked at.
          if (isGatewayError(error) && error.retryable) hasLooked = false;
          // Otherwise only advice is lost: a user of Redis who may not ask for it can do without.
          logger.debug?.(`Could not look for the eviction policy: ${String(error)}`);
        },
      );
  });
}

/** The policy in an answer of INFO by which keys may be deleted; without a limit of memory none ever is. */
function evictingPolicy(info: string): string | undefined {
  const limit = Number(/^maxmemory:(\d+)/m.exec(info)?.[1] ?? 0);
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1];
  return limit > 0 && policy !== 'noeviction' ? policy : undefined;
}
