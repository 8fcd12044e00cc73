import type { Socket } from 'socket.io';
import { normaliseUserId } from '../../names/index.js';
import type { AuthenticatedUser } from '../users/index.js';
import { RecentRevocations } from './recent-revocations.js';
import { RefusedError } from './refused-error.js';
import type { RevocationCheck } from './revocation-check.js';
import type { SocketAuthenticator } from './socket-authenticator.js';

/** Finds out who a socket is, and whether that counts: it has not ended and was not revoked. */
export class Identification {
  readonly revocations = new RecentRevocations();
  readonly #authenticator: SocketAuthenticator;
  readonly #check: RevocationCheck;
  /** When sockets that are on their way in were asked about. */
  readonly #askedAt = new WeakMap<Socket, number>();

  constructor(authenticator: SocketAuthenticator, check: RevocationCheck) {
    this.#authenticator = authenticator;
    this.#check = check;
  }

  get check(): RevocationCheck {
    return this.#check;
  }

  /** @throws (rejects) what the authenticator throws; RefusedError TOKEN_EXPIRED, TOKEN_REVOKED, AUTH_UNAVAILABLE */
  async identify(socket: Socket): Promise<AuthenticatedUser> {
    return this.#examine(socket, await this.#authenticator.authenticate(socket));
  }

  /**
   * The same for a token that is sent on a connection.
   *
   * @throws (rejects) as {@link identify}; RefusedError UNAUTHENTICATED
   */
  async identifyAgain(socket: Socket, token: unknown): Promise<AuthenticatedUser> {
    if (token === undefined || token === null || token === '')
      throw new RefusedError('UNAUTHENTICATED', 'no token was sent');
    if (typeof token !== 'string') throw new RefusedError('TOKEN_INVALID', 'the token is not a string');
    return this.#examine(socket, await this.#authenticator.refresh(socket, token));
  }

  /** Whether the user was revoked between {@link identify} and the connection; to be asked once. */
  wasRevokedMeanwhile(socket: Socket, { id }: AuthenticatedUser): boolean {
    const askedAt = this.#askedAt.get(socket);
    this.#askedAt.delete(socket);
    return askedAt !== undefined && this.revocations.isSince(id, askedAt);
  }

  async #examine(socket: Socket, found: AuthenticatedUser): Promise<AuthenticatedUser> {
    // Not spread: V8 would give each of them a hidden class of its own, which is larger than the user.
    const user = Object.freeze(Object.assign({}, found, { id: normaliseUserId(found.id) }));
    requireFuture(user.expiresAt);
    if (!this.#check.isConfigured) return user;
    this.#askedAt.set(socket, this.revocations.now);
    if (await this.#check.isRevoked(user))
      throw new RefusedError('TOKEN_REVOKED', 'the token has been revoked');
    return user;
  }
}

function requireFuture(expiresAt: unknown): void {
  if (expiresAt === undefined || (typeof expiresAt === 'number' && expiresAt > Date.now())) return;
  if (typeof expiresAt === 'number' && !Number.isNaN(expiresAt))
    throw new RefusedError('TOKEN_EXPIRED', 'the token has expired');
  throw new RefusedError('TOKEN_INVALID', 'the authenticator gave an expiresAt that is no number');
}
