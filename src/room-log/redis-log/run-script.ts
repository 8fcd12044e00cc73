import type { RedisClient } from '../../redis/index.js';
import type { RedisScript } from './scripts.js';

/**
 * Runs a script by its name. Redis knows it since the connection was made; should it have forgotten it (SCRIPT FLUSH, a
 * node that joined a cluster), it is sent in full. That cannot let anything overtake: a room has one unanswered append.
 *
 * @throws (rejects) what Redis answered
 */
export function runScript(
  client: RedisClient,
  script: RedisScript,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  return client.evalsha(script.sha, keys.length, ...keys, ...args).catch((error: unknown) => {
    if (!(error as { message?: unknown }).message?.toString().startsWith('NOSCRIPT')) throw error;
    return client.eval(script.text, keys.length, ...keys, ...args);
  });
}
