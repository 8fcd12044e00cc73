import { earOf } from './cluster-ear.js';
import { isCluster, type RedisClient } from './redis-client.js';

/** Asks the other side of every connection of a client whether it is there: a cluster's has one to each node, and one to listen. */
export async function pingAll(client: RedisClient): Promise<void> {
  if (!isCluster(client)) {
    await client.ping();
    return;
  }
  const ear = earOf(client);
  const connections = ear ? [...client.nodes('all'), ear] : client.nodes('all');
  // Of those that are not there nobody is waiting for an answer.
  const ready = connections.filter(({ status }) => status === 'ready');
  // One that answers with an error is there; the others are waited for nevertheless.
  await Promise.allSettled(ready.map((one) => one.ping()));
}
