import { GatewayError } from '../contract/index.js';

/** What tokens of jobs' rooms are signed with: at least 32 bytes. Of several, the first signs and all verify. */
export type JobSecret = string | Buffer | readonly (string | Buffer)[];

const MIN_BYTES = 32;

/**
 * The secrets, the one that signs first.
 *
 * @throws INVALID_OPTIONS when there is none, or one is shorter than 32 bytes
 */
export function jobSecrets(secret: JobSecret | undefined, option: string): readonly Buffer[] {
  const all = secret === undefined ? [] : [secret].flat();
  const isGood = (one: unknown): boolean =>
    (typeof one === 'string' || Buffer.isBuffer(one)) && Buffer.byteLength(one) >= MIN_BYTES;
  if (all.length > 0 && all.every(isGood)) return all.map((one) => Buffer.from(one as string));
  throw new GatewayError(
    'INVALID_OPTIONS',
    `${option}: must be a secret of at least ${MIN_BYTES} bytes, or several of these.`,
  );
}
