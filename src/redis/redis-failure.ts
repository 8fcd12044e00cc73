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

/**
 * The library's error for a failed Redis command: what Redis answered, or that the connection is gone. Without a
 * cause: ioredis hangs the command on its errors, with the payload, or the password of AUTH.
 */
export function redisFailure(error: unknown, address: string): GatewayError {
  const kind = answerKind(error);
  if (kind === undefined) return unavailable(address, `cannot be reached: ${reasonOf(error)}`);
  const code = PASSING.has(kind) ? 'REDIS_UNAVAILABLE' : 'REDIS_REFUSED';
  return new GatewayError(code, `Redis at ${address} answered ${kind}.`);
}

export function unavailable(address: string, what: string): GatewayError {
  return new GatewayError('REDIS_UNAVAILABLE', `Redis at ${address} ${what}.`);
}

export function timedOut(address: string, timeoutMs: number): GatewayError {
  return new GatewayError('EMIT_TIMEOUT', `Redis at ${address} did not answer within ${timeoutMs} ms.`);
}

export function closed(): GatewayError {
  return new GatewayError('EMITTER_CLOSED', 'The connection to Redis has been closed with its application.');
}

/** Why a connection is away, without anything that a command or a URL could have brought into the message. */
export function reasonOf(error: unknown): string {
  const kind = answerKind(error);
  if (kind !== undefined) return kind;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  if (typeof message !== 'string') return 'the connection was closed';
  return message.startsWith('All sentinels') ? 'no sentinel can be reached' : message;
}

/** The first word of an answer, 'NOPERM this user …': its kind. The rest may quote the command. */
function answerKind(error: unknown): string | undefined {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  if (name !== 'ReplyError') return undefined;
  return /^[A-Z]+/.exec(String(message))?.[0] ?? 'ERR';
}
