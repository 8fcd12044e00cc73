import { callText, listenersFirst, type RedisClient } from '../../redis/index.js';
import type { RedisScript } from './scripts.js';

export interface ScriptRun<Result> {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  /** Makes something of the answer. */
  readonly read: (answer: unknown) => Result | Promise<Result>;
  /** Makes something of what Redis answered instead. @default the same is thrown */
  readonly failed?: ((error: unknown) => Promise<Result>) | undefined;
  /**
   * How it is sent. Both ways of texts are for a script that answers with one text, and `listenersFirst` for one that publishes
   * something that is to be heard before the answer is.
   *
   * @default 'any'
   */
  readonly sends?: 'any' | 'text' | 'listenersFirst';
}

/**
 * Runs a script by its name. Redis knows it since the connection was made; should it have forgotten it (SCRIPT FLUSH, a
 * node that joined a cluster), it is sent in full. That cannot let anything overtake: a room has one unanswered append.
 *
 * @throws (rejects) what Redis answered
 */
export function runScript<Result>(client: RedisClient, run: ScriptRun<Result>): Promise<Result> {
  const { script, keys, args, read, failed = rethrow } = run;
  return send(client, run).then(read, (error: unknown) => {
    if (!(error as { message?: unknown }).message?.toString().startsWith('NOSCRIPT')) return failed(error);
    return client.eval(script.text, keys.length, ...keys, ...args).then(read, failed);
  });
}

function send(client: RedisClient, { script, keys, args, sends }: ScriptRun<unknown>): Promise<unknown> {
  if (sends === undefined || sends === 'any')
    return client.evalsha(script.sha, keys.length, ...keys, ...args);
  const texts = [script.sha, String(keys.length), ...keys, ...args];
  return sends === 'text' ? callText(client, 'evalsha', texts) : listenersFirst(client, 'evalsha', texts);
}

function rethrow(error: unknown): Promise<never> {
  throw error;
}
