import { JwtService } from '@nestjs/jwt';
import type { Socket } from 'socket.io';
import { normaliseUserId } from '../../contract/index.js';
import type { ResolvedAuth } from '../socket-gateway.options.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import { tokenOf } from './handshake-token.js';
import { RefusedError } from './refused-error.js';
import { SocketAuthenticator } from './socket-authenticator.js';

type Claims = Record<string, unknown>;

/** The default: verifies the JWT that the client sent, by `@nestjs/jwt` and the option `auth`. */
export class JwtAuthenticator extends SocketAuthenticator {
  readonly #auth: ResolvedAuth;
  readonly #jwt = new JwtService();

  constructor(auth: ResolvedAuth) {
    super();
    this.#auth = auth;
  }

  override async authenticate(socket: Socket): Promise<AuthenticatedUser> {
    const claims = await this.#verify(tokenOf(socket.handshake));
    return { id: this.#userId(claims), claims, ...expiryOf(claims, this.#auth.jwt.requireExpiry) };
  }

  async #verify(token: string): Promise<Claims> {
    const { key, algorithms } = this.#auth.jwt;
    try {
      // `secret` is any key for verifying: `publicKey` would only be another name for it.
      return await this.#jwt.verifyAsync<Claims>(token, { secret: key, algorithms: [...algorithms] });
    } catch (error) {
      throw refusal(error);
    }
  }

  #userId(claims: Claims): string {
    try {
      return normaliseUserId(this.#auth.userId(claims));
    } catch (error) {
      throw new RefusedError('TOKEN_INVALID', `the token names no user: ${messageOf(error)}`);
    }
  }
}

function expiryOf(claims: Claims, isRequired: boolean): { expiresAt?: number } {
  if (typeof claims['exp'] === 'number') return { expiresAt: claims['exp'] * 1000 };
  if (isRequired)
    throw new RefusedError('TOKEN_INVALID', "the token has no 'exp', which auth.jwt.requireExpiry asks for");
  return {};
}

/** The verifier's own words for what it found; errors of other kinds may quote the token and are not repeated. */
function refusal(error: unknown): RefusedError {
  const name = (error as { name?: unknown } | null)?.name;
  if (name === 'TokenExpiredError') return new RefusedError('TOKEN_EXPIRED', 'the token has expired');
  const isVerdict = name === 'JsonWebTokenError' || name === 'NotBeforeError';
  return new RefusedError('TOKEN_INVALID', isVerdict ? messageOf(error) : 'the token cannot be read');
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : 'unknown reason';
}
