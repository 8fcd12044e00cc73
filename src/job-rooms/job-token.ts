import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token says: who may be in which room, until when in ms since 1970. */
export interface JobGrant {
  readonly room: string;
  readonly userId: string;
  readonly expiresAt: number;
}

/** Longer ones are not looked at. Room and user have at most 260 bytes each, six characters per byte when escaped. */
const MAX_LENGTH = 4096;

/** In front of what is signed: a signature of something else with the same secret is none of these. */
const PURPOSE = 'nestjs-socket-gateway:job-room:1\n';

/** A token: what it says as JSON, and its signature by HMAC-SHA-256, both in base64url with a dot between. */
export function signJobToken({ room, userId, expiresAt }: JobGrant, secret: Buffer): string {
  const body = Buffer.from(JSON.stringify([room, userId, expiresAt])).toString('base64url');
  return `${body}.${signatureOf(body, secret).toString('base64url')}`;
}

/**
 * Whether a token lets a user into a room.
 *
 * @param token whatever a client has sent
 * @returns `expired` only for a token that was good for this user and room: to others it says nothing
 */
export function verifyJobToken(
  token: unknown,
  { room, userId }: Omit<JobGrant, 'expiresAt'>,
  secrets: readonly Buffer[],
  now: number,
): 'good' | 'expired' | 'bad' {
  if (typeof token !== 'string' || token.length > MAX_LENGTH) return 'bad';
  const [body = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0) return 'bad';
  const given = Buffer.from(signature, 'base64url');
  const isSigned = secrets.some((secret) => {
    const expected = signatureOf(body, secret);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!isSigned) return 'bad';
  const [tokenRoom, tokenUser, expiresAt] = JSON.parse(
    Buffer.from(body, 'base64url').toString(),
  ) as unknown[];
  if (tokenRoom !== room || tokenUser !== userId) return 'bad';
  return now < (expiresAt as number) ? 'good' : 'expired';
}

function signatureOf(body: string, secret: Buffer): Buffer {
  return createHmac('sha256', secret).update(PURPOSE).update(body).digest();
}
