import type { Writable } from 'node:stream';
import { isCluster, type RedisClient } from './redis-client.js';
import type { RedisCommand } from './redis-call.js';

/**
 * Sends one command so that Redis writes to those who hear of it before it answers. It writes to its connections in the
 * opposite order in which they got something to be written: without more, who publishes is answered first, wakes up, and
 * on a busy machine is in the way of who listens. The answer to a PING, sent together with the command, is there before
 * anything is published. In a cluster, whose client writes to several connections, the command is sent as it is.
 *
 * @see https://github.com/redis/redis/blob/7.0/src/networking.c `clientInstallWriteHandler`, which adds at the head
 */
export function listenersFirst<Answer>(client: RedisClient, command: RedisCommand<Answer>): Promise<Answer> {
  if (isCluster(client)) return command(client);
  const { stream } = client as { stream?: Writable };
  stream?.cork();
  // What happens to the connection, the command tells too.
  client.ping().catch(() => undefined);
  try {
    return command(client);
  } finally {
    stream?.uncork();
  }
}
