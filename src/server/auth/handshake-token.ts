import type { Socket } from 'socket.io';
import { RefusedError } from './refused-error.js';

/** Longer ones are refused before anybody computes on them. */
const MAX_TOKEN_LENGTH = 16 * 1024;

/**
 * The token that a client sent: `auth.token`, else the header `Authorization: Bearer …`. Never the query string,
 * which proxies and servers write into their logs.
 *
 * @throws RefusedError UNAUTHENTICATED when there is none, TOKEN_INVALID when it cannot be one
 */
export function tokenOf({ auth, headers }: Pick<Socket['handshake'], 'auth' | 'headers'>): string {
  const token: unknown = Object.hasOwn(auth, 'token') ? auth['token'] : bearer(headers.authorization);
  if (token === undefined || token === null || token === '') {
    throw new RefusedError('UNAUTHENTICATED', 'no token was sent');
  }
  if (typeof token !== 'string') throw new RefusedError('TOKEN_INVALID', 'the token is not a string');
  if (token.length > MAX_TOKEN_LENGTH) throw new RefusedError('TOKEN_INVALID', 'the token is too long');
  return token;
}

/** @see https://datatracker.ietf.org/doc/html/rfc6750#section-2.1 */
function bearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
}
