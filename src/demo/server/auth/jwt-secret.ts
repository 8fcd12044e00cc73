import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';

/** The secret that signs the demo's tokens: the given one, or a random one for this process. There is no default. */
export function decideJwtSecret(given: string | undefined): string {
  if (given !== undefined) return given;
  new Logger('Login').warn(
    'JWT_SECRET is not set: tokens are signed with a random secret. They are valid until this server stops, and on no other.',
  );
  return randomBytes(32).toString('base64url');
}
