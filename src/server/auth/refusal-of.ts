import type { Socket } from 'socket.io';
import type { RefusalCode } from '../../contract/index.js';
import { messageOf } from './error-message.js';
import { RefusedError } from './refused-error.js';

/** Why somebody was refused: the code is for the client, the reason for the log. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly reason: string;
  /** Until then the same would be refused again. */
  readonly retryAfterMs?: number;
}

/**
 * What an authenticator has thrown, as a refusal.
 *
 * @param token that was sent after the handshake; it is hidden in the reason as those of the handshake are
 */
export function refusalOf(cause: unknown, socket: Socket, token?: unknown): Refusal {
  if (cause instanceof RefusedError) {
    const { code, message: reason, retryAfterMs } = cause;
    return { code, reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  const reason = `the authenticator failed: ${withoutToken(messageOf(cause), socket, token)}`;
  return { code: 'TOKEN_INVALID', reason };
}

/** An authenticator of the application's own may quote in its errors what the client sent. */
function withoutToken(message: string, { handshake }: Socket, token: unknown): string {
  const { authorization, cookie } = handshake.headers;
  return [token, handshake.auth['token'], authorization?.split(' ').at(-1), cookie]
    .filter((secret) => typeof secret === 'string' && secret !== '')
    .reduce<string>((text, secret) => text.replaceAll(secret as string, '(hidden)'), message);
}
