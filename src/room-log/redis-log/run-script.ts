import type { RedisClient } from '../../redis/index.js';
import type { RedisScript } from './scripts.js';

/**
 * Runs a script by its name. Redis knows it since the connection was made; should it have forgotten it (SCRIPT FLUSH, a
 * node that joined a cluster), it is sent in full. That cannot let anything overtake: a room has one unanswered append.
 *
 * @param read makes something of the answer
 * @param failed makes something of what Redis answered instead @default the same is thrown
 * @throws (rejects) what Redis answered
 */
export function runScript<Result>(
  client: RedisClient,
  script: RedisScript,
  keys: readonly string[],
  args: readonly string[],
  read: (answer: unknown) => Result | Promise<Result>,
  failed: (error: unknown) => Promise<Result> = rethrow,
): Promise<Result> {
  return client.evalsha(script.sha, keys.length, ...keys, ...args).then(read, (error: unknown) => {
    if (!(error as { message?: unknown }).message?.toString().startsWith('NOSCRIPT')) return failed(error);
    return client.eval(script.text, keys.length, ...keys, ...args).then(read, failed);
  });
}

function rethrow(error: unknown): Promise<never> {
  throw error;
}
