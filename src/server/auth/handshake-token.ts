import { parseCookie } from 'cookie';
import type { Socket } from 'socket.io';
import { RefusedError } from './refused-error.js';

/** Longer ones are refused before anybody computes on them. */
const MAX_TOKEN_LENGTH = 16 * 1024;

/** What a client sent to say who it is. */
export interface HandshakeToken {
  readonly token: string;
  /** Whether the browser added it by itself, whatever page it was that connected. */
  readonly isAmbient: boolean;
}

/**
 * The token that a client sent: `auth.token`, else the header `Authorization: Bearer …`, else the cookie if one is
 * configured. Never the query string, which proxies and servers write into their logs.
 *
 * @throws RefusedError UNAUTHENTICATED when there is none, TOKEN_INVALID when it cannot be one
 */
export function tokenOf(
  { auth, headers }: Pick<Socket['handshake'], 'auth' | 'headers'>,
  cookie: string | undefined,
): HandshakeToken {
  const sent: unknown = Object.hasOwn(auth, 'token') ? auth['token'] : bearer(headers.authorization);
  if (isPresent(sent)) return { token: checked(sent), isAmbient: false };
  const kept = cookie === undefined ? undefined : parseCookie(headers.cookie ?? '')[cookie];
  if (isPresent(kept)) return { token: checked(kept), isAmbient: true };
  throw new RefusedError('UNAUTHENTICATED', 'no token was sent');
}

function isPresent(token: unknown): boolean {
  return token !== undefined && token !== null && token !== '';
}

function checked(token: unknown): string {
  if (typeof token !== 'string') throw new RefusedError('TOKEN_INVALID', 'the token is not a string');
  if (token.length > MAX_TOKEN_LENGTH) throw new RefusedError('TOKEN_INVALID', 'the token is too long');
  return token;
}

/** @see https://datatracker.ietf.org/doc/html/rfc6750#section-2.1 */
function bearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
}
