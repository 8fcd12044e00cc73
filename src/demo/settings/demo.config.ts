import { resolve } from 'node:path';

/** What the demo's processes are told by their environment, with everything decided. */
export interface DemoConfig {
  /** Undefined: no Redis, and the server does the importing itself. */
  readonly redisUrl: string | undefined;
  /** What the job queue's keys in Redis start with. */
  readonly queuePrefix: string;
  /** The Socket.IO namespace that the page connects to. */
  readonly namespace: string;
  /** Undefined: the server makes one. */
  readonly jwtSecret: string | undefined;
  /** For all files of an import together. */
  readonly maxUploadBytes: number;
  /** Where uploads wait to be imported; server and worker must both see it. */
  readonly uploadDir: string;
  /** How long nobody may have seen the end of an import before an e-mail would be sent, in ms. */
  readonly mailAfterMs: number;
  /** For how long the operations page may pause Redis, in ms. 0: not at all, as it should be for everybody but developers. */
  readonly pauseMs: number;
  readonly host: string;
  readonly port: number;
}

const DEFAULT_MAX_UPLOAD_BYTES = 512 * 1024 * 1024;

/** Longer than that, and Redis' other users would take it for broken. */
const LONGEST_PAUSE_MS = 60_000;

const DAY_MS = 24 * 3_600_000;

/**
 * Reads the environment. A variable that is set to nothing counts as not set.
 *
 * @throws Error that names the variable which cannot be used
 */
export function readDemoConfig(env: NodeJS.ProcessEnv): DemoConfig {
  const value = (name: string): string | undefined => env[name]?.trim() || undefined;
  const number = (name: string, fallback: number, highest: number, lowest = 0): number => {
    const text = value(name);
    if (text === undefined) return fallback;
    const given = Number(text);
    if (Number.isInteger(given) && given >= lowest && given <= highest) return given;
    throw new Error(`${name} must be a whole number from ${lowest} to ${highest}, not '${text}'.`);
  };
  const namespace = value('SOCKET_NAMESPACE') ?? '/';
  return Object.freeze({
    redisUrl: value('REDIS_URL'),
    queuePrefix: `${value('SOCKET_REDIS_CHANNEL') ?? 'socket-gateway'}:bull`,
    namespace: namespace.startsWith('/') ? namespace : `/${namespace}`,
    jwtSecret: value('JWT_SECRET'),
    maxUploadBytes: number('MAX_UPLOAD_BYTES', DEFAULT_MAX_UPLOAD_BYTES, Number.MAX_SAFE_INTEGER),
    uploadDir: resolve(value('UPLOAD_DIR') ?? '.data/uploads'),
    mailAfterMs: number('MAIL_AFTER_MS', 10_000, DAY_MS, 1),
    pauseMs: number('DEMO_PAUSE_MS', 0, LONGEST_PAUSE_MS),
    host: value('HOST') ?? '127.0.0.1',
    port: number('PORT', 3000, 65_535),
  });
}
