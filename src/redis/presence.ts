import { mastersOf } from './redis-client.js';
import type { RedisConnection } from './redis-connection.js';

/** Which version of the messages between processes this is; it changes when older ones could not read them. */
const WIRE_VERSION = 1;

/** Which servers a worker speaks to. */
export interface Presence {
  readonly prefix: string;
  readonly namespace: string;
}

/** The channel that every server listens on for nothing but to be found by {@link findServers}. */
export function presenceChannel({ prefix, namespace }: Presence): string {
  return `${prefix}-presence#${namespace}#v${WIRE_VERSION}`;
}

/** The presence channels of all servers on this Redis, whatever their prefix, namespace and version. */
export async function findServers(connection: RedisConnection): Promise<string[]> {
  const answers = await connection.call((client) =>
    Promise.all(mastersOf(client).map((node) => node.pubsub('CHANNELS', '*-presence#*#v*'))),
  );
  return [...new Set(answers.flat().map(String))].sort();
}
