import { GatewayError } from '../contract/index.js';

/**
 * Answers of Redis that say "not now": a restart, a failover or a moved slot is under way.
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors and the cluster specification
 */
const PASSING = new Set([
  'ASK',
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MOVED',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'UNBLOCKED',
]);

/** The library's error for a failed Redis command: what Redis answered, or that the connection is gone. */
export function redisFailure(cause: unknown, address: string): GatewayError {
  const { name, message } = cause as { name?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(cause);
  if (name === 'ReplyError') {
    // 'NOPERM this user …': the first word is the kind. The rest may quote the command, which holds the payload.
    const kind = /^[A-Z]+/.exec(text)?.[0] ?? 'ERR';
    const code = PASSING.has(kind) ? 'REDIS_UNAVAILABLE' : 'REDIS_REFUSED';
    return new GatewayError(code, `Redis at ${address} answered ${kind}.`, { cause });
  }
  return new GatewayError('REDIS_UNAVAILABLE', `Redis at ${address} cannot be reached.`, { cause });
}
