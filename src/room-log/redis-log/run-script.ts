import { listenersFirst, type RedisClient } from '../../redis/index.js';
import type { RedisScript } from './scripts.js';

export interface ScriptRun<Result> {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** Makes something of the answer. */
  readonly read: (answer: unknown) => Result | Promise<Result>;
  /** Makes something of what Redis answered instead. @default the same is thrown */
  readonly failed?: ((error: unknown) => Promise<Result>) | undefined;
  /** Whether those who hear of what it publishes are to hear it before the answer is written. @default false */
  readonly listenersFirst?: boolean;
}

/**
 * Runs a script by its name. Redis knows it since the connection was made; should it have forgotten it (SCRIPT FLUSH, a
 * node that joined a cluster), it is sent in full. That cannot let anything overtake: a room has one unanswered append.
 *
 * @throws (rejects) what Redis answered
 */
export function runScript<Result>(client: RedisClient, run: ScriptRun<Result>): Promise<Result> {
  const { script, keys, args, read, failed = rethrow } = run;
  const sent = run.listenersFirst
    ? listenersFirst(client, 'evalsha', [script.sha, String(keys.length), ...keys, ...args])
    : client.evalsha(script.sha, keys.length, ...keys, ...args);
  return sent.then(read, (error: unknown) => {
    if (!(error as { message?: unknown }).message?.toString().startsWith('NOSCRIPT')) return failed(error);
    return client.eval(script.text, keys.length, ...keys, ...args).then(read, failed);
  });
}

function rethrow(error: unknown): Promise<never> {
  throw error;
}
