import { GatewayError } from '../contract/index.js';
import { jobRoom, jobSecrets, signJobToken, type JobSecret } from '../job-rooms/index.js';
import { normaliseUserId } from '../names/index.js';

/** How tokens of jobs' rooms are made. */
export interface JobChannelsOptions {
  /**
   * What they are signed with, at least 32 bytes; the option `jobs.secret` of the servers must have it. Of several, the first
   * signs and all verify, so that a secret can be replaced.
   * @default the environment variable SOCKET_JOB_SECRET
   */
  secret?: JobSecret | undefined;
  /**
   * How long a token lets its user in, one second to 30 days, in milliseconds. Who is in stays in while the connection lasts, and
   * shows the token again on the next. Too short, and who reconnects late is refused; too long, and who was locked out may watch on.
   * @default 86400000
   */
  ttlMs?: number | undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Hands out what lets one user watch one job: to be sent with `202 Accepted`, before the job has begun. */
export class JobChannels {
  readonly #secret: Buffer;
  readonly #ttlMs: number;

  /** @throws INVALID_OPTIONS */
  constructor({ secret = process.env['SOCKET_JOB_SECRET'], ttlMs = DAY_MS }: JobChannelsOptions = {}) {
    this.#secret = jobSecrets(secret, 'Job channels options: secret')[0] as Buffer;
    this.#ttlMs = checkTtl(ttlMs);
  }

  /**
   * A token for the room of a job. It is good for this user only, and as long as all are unless `ttlMs` says otherwise.
   *
   * @throws INVALID_ROOM, INVALID_USER, INVALID_OPTIONS
   */
  issue(
    queue: string,
    jobId: string | number,
    userId: string | number,
    { ttlMs = this.#ttlMs }: { ttlMs?: number | undefined } = {},
  ): string {
    const expiresAt = Date.now() + checkTtl(ttlMs);
    const grant = { room: jobRoom(queue, jobId), userId: normaliseUserId(userId), expiresAt };
    return signJobToken(grant, this.#secret);
  }
}

function checkTtl(ttlMs: number): number {
  if (Number.isInteger(ttlMs) && ttlMs >= 1000 && ttlMs <= 30 * DAY_MS) return ttlMs;
  const message = `Job channels options: ttlMs: must be a whole number from 1000 to ${30 * DAY_MS}.`;
  throw new GatewayError('INVALID_OPTIONS', message);
}
