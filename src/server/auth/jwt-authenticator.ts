import { JwtService } from '@nestjs/jwt';
import type { Socket } from 'socket.io';
import { normaliseUserId } from '../../names/index.js';
import type { JwtAlgorithm, JwtHeader, ResolvedAuth, ResolvedJwt } from '../options/index.js';
import type { AuthenticatedUser } from '../users/index.js';
import { messageOf } from './error-message.js';
import { tokenOf } from './handshake-token.js';
import { RefusedError } from './refused-error.js';
import { SocketAuthenticator } from './socket-authenticator.js';
import { VerificationKeys } from './verification-keys.js';

type Claims = Record<string, unknown>;

/** The default: verifies the JWT that the client sent, by `@nestjs/jwt` and the option `auth`. */
export class JwtAuthenticator extends SocketAuthenticator {
  readonly #auth: ResolvedAuth;
  readonly #verification: ResolvedJwt;
  readonly #jwt = new JwtService();
  readonly #keys = new VerificationKeys();

  constructor(auth: ResolvedAuth, verification: ResolvedJwt) {
    super();
    this.#auth = auth;
    this.#verification = verification;
  }

  override async authenticate({ handshake, request }: Socket): Promise<AuthenticatedUser> {
    const { token, isAmbient } = tokenOf(handshake, this.#auth.cookie);
    if (isAmbient && request.headers.origin === undefined) {
      throw new RefusedError('ORIGIN_REFUSED', 'a token in a cookie came without an Origin header');
    }
    const claims = await this.#verify(token);
    return { id: this.#userId(claims), claims, ...expiryOf(claims, this.#verification) };
  }

  async #verify(token: string): Promise<Claims> {
    const { algorithms, issuer, audience, clockToleranceMs } = this.#verification;
    const key = await this.#key(token);
    try {
      return await this.#jwt.verifyAsync<Claims>(token, {
        // Any key for verifying, whatever the name; the type does not know that the verifier takes parsed keys.
        secret: this.#keys.parse(key) as unknown as string,
        algorithms: [...algorithms],
        clockTolerance: clockToleranceMs / 1000,
        ...(issuer && { issuer: [...issuer] as [string, ...string[]] }),
        ...(audience && { audience: [...audience] as [string, ...string[]] }),
      });
    } catch (error) {
      throw refusal(error);
    }
  }

  async #key(token: string): Promise<string | Buffer> {
    const header = this.#headerOf(token);
    let key: string | Buffer | undefined;
    try {
      key = await this.#verification.key(header);
    } catch (error) {
      throw new RefusedError('AUTH_UNAVAILABLE', `the key provider failed: ${messageOf(error)}`);
    }
    if (key === undefined || key.length === 0)
      throw new RefusedError('TOKEN_INVALID', 'there is no key for the token');
    return key;
  }

  /** Read before the key is asked for: a token that cannot be good must not cost a look-up. */
  #headerOf(token: string): JwtHeader {
    const header = decodeHeader(this.#jwt, token);
    const { alg, kid } = header ?? {};
    if (!this.#verification.algorithms.includes(alg as JwtAlgorithm)) {
      throw new RefusedError(
        'TOKEN_INVALID',
        header ? 'its algorithm is not allowed' : 'the token cannot be read',
      );
    }
    return { alg: alg as JwtAlgorithm, ...(typeof kid === 'string' && { kid }) };
  }

  #userId(claims: Claims): string {
    try {
      return normaliseUserId(this.#auth.userId(claims));
    } catch (error) {
      throw new RefusedError('TOKEN_INVALID', `the token names no user: ${messageOf(error)}`);
    }
  }
}

function decodeHeader(jwt: JwtService, token: string): { alg?: unknown; kid?: unknown } | undefined {
  try {
    // Null when it is no token at all, which its type does not say.
    const decoded = jwt.decode<unknown>(token, { complete: true }) as { header: object } | null;
    return decoded?.header;
  } catch {
    return undefined;
  }
}

function expiryOf(claims: Claims, { clockToleranceMs, requireExpiry }: ResolvedJwt): { expiresAt?: number } {
  if (typeof claims['exp'] === 'number') return { expiresAt: claims['exp'] * 1000 + clockToleranceMs };
  if (requireExpiry) {
    throw new RefusedError('TOKEN_INVALID', "the token has no 'exp', which auth.jwt.requireExpiry asks for");
  }
  return {};
}

/** The verifier's own words for what it found; errors of other kinds may quote the token and are not repeated. */
function refusal(error: unknown): RefusedError {
  const name = (error as { name?: unknown } | null)?.name;
  if (name === 'TokenExpiredError') return new RefusedError('TOKEN_EXPIRED', 'the token has expired');
  const isVerdict = name === 'JsonWebTokenError' || name === 'NotBeforeError';
  return new RefusedError('TOKEN_INVALID', isVerdict ? messageOf(error) : 'the token cannot be read');
}
