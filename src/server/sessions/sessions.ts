import type { Socket } from 'socket.io';
import type { AuthExpiringMessage, DisconnectCode, RefreshReply } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { Counter, GatewayMetrics } from '../../metrics/index.js';
import { refusalOf, type Identification } from '../auth/index.js';
import { getSocketUser, setSocketUser, type AuthenticatedUser } from '../users/index.js';
import { tellClient } from '../tell-client.js';
import { DueTimes } from './due-times.js';
import { endSession } from './end-session.js';
import { RevocationReview } from './revocation-review.js';
import { SessionMembers } from './session-members.js';

/** How far the clocks of Redis and a server may differ: a session that is younger than this was not meant. */
const CLOCK_MARGIN_MS = 60_000;

const CODES = ['TOKEN_EXPIRED', 'TOKEN_REVOKED', 'AUTH_UNAVAILABLE', 'DISCONNECTED'] as const;

export interface SessionsSettings {
  readonly identification: Identification;
  /** How long before its end a client is told; 0: it is not. */
  readonly expiryNoticeMs: number;
  readonly causes: CauseLog;
  readonly metrics: GatewayMetrics;
}

/**
 * How long authenticated sockets stay, in every namespace: until their tokens end, unless they send newer ones, and until their
 * users are disconnected or revoked.
 */
export class Sessions {
  readonly #identification: Identification;
  readonly #expiryNoticeMs: number;
  readonly #causes: CauseLog;
  readonly #metrics: GatewayMetrics;
  readonly #ended: ReadonlyMap<DisconnectCode, Counter>;
  readonly #members = new SessionMembers();
  readonly #due = new DueTimes<Socket>((socket) => this.#isDue(socket));
  readonly #review: RevocationReview;
  /** When the tokens came that sockets have sent after their handshakes. */
  readonly #refreshedAt = new WeakMap<Socket, number>();

  constructor({ identification, expiryNoticeMs, causes, metrics }: SessionsSettings) {
    this.#identification = identification;
    this.#expiryNoticeMs = expiryNoticeMs;
    this.#causes = causes;
    this.#metrics = metrics;
    this.#ended = new Map(CODES.map((code) => [code, metrics.counter('ended_connections_total', { code })]));
    this.#review = new RevocationReview(
      identification.check,
      (socket, code) => this.#end(socket, code),
      causes,
    );
  }

  /**
   * A socket is connected. To be followed by `left`.
   *
   * @returns false where it may not stay, and has been closed
   */
  begin(socket: Socket, user: AuthenticatedUser): boolean {
    if (this.#identification.wasRevokedMeanwhile(socket, user)) {
      this.#end(socket, 'TOKEN_REVOKED');
      return false;
    }
    this.#members.add(socket);
    this.#schedule(socket, user);
    return true;
  }

  /** A socket is gone, whether it was ever connected or not. */
  left(socket: Socket): void {
    this.#due.delete(socket);
    this.#members.gone(socket);
  }

  /**
   * A client sends a newer token of its user; from then on the socket is its.
   *
   * @returns the user that the socket has now, or why it stays as it was
   */
  async refresh(
    socket: Socket,
    token: unknown,
  ): Promise<AuthenticatedUser | Extract<RefreshReply, { ok: false }>> {
    const startedAt = Date.now();
    const outcome = await this.#identify(socket, token);
    const result = 'code' in outcome ? outcome.code : 'accepted';
    this.#metrics.counter('refreshes_total', { result }).inc();
    if ('code' in outcome) return outcome;
    this.#refreshedAt.set(socket, startedAt);
    setSocketUser(socket, outcome);
    this.#schedule(socket, outcome);
    return outcome;
  }

  /**
   * Closes the connections that a command means.
   *
   * @param givenAt when that was said, in ms since 1970: connections made since stay; undefined: just now
   */
  disconnect(members: string, givenAt = Infinity): void {
    for (const socket of this.#members.named(members)) {
      if (socket.handshake.issued <= givenAt + CLOCK_MARGIN_MS) this.#end(socket, 'DISCONNECTED');
    }
  }

  /**
   * Closes a user's connections because their tokens were revoked.
   *
   * @param givenAt as of {@link disconnect}; those whose tokens came since are asked about
   */
  revoke(room: string, givenAt = Infinity): void {
    if (!this.#identification.check.isConfigured) {
      this.#causes.warn(
        'revoke-unchecked',
        'A user was revoked, but there is no option auth.isRevoked: with the same token the user can connect again.',
      );
      this.disconnect(room, givenAt);
      return;
    }
    this.#identification.revocations.add(room.slice('user:'.length));
    const younger: Socket[] = [];
    for (const socket of this.#members.named(room)) {
      const since = this.#refreshedAt.get(socket) ?? socket.handshake.issued;
      // Who is closed by mistake, for the clocks differ, comes back by itself with the token that is good.
      if (since <= givenAt + CLOCK_MARGIN_MS) this.#end(socket, 'TOKEN_REVOKED');
      else younger.push(socket);
    }
    this.#review.add(younger);
  }

  /** Revocations may have been missed, of anybody: all who are connected are asked about. */
  reviewAll(): void {
    if (!this.#identification.check.isConfigured) return;
    this.#identification.revocations.addAll();
    this.#review.add(this.#members.all());
  }

  close(): void {
    this.#due.close();
    this.#review.close();
  }

  async #identify(
    socket: Socket,
    token: unknown,
  ): Promise<AuthenticatedUser | Extract<RefreshReply, { ok: false }>> {
    let user: AuthenticatedUser;
    try {
      user = await this.#identification.identifyAgain(socket, token);
    } catch (error) {
      const { code, reason } = refusalOf(error, socket, token);
      this.#causes.warn(`refresh-refused:${code}`, `A refresh was refused with ${code}: ${reason}.`);
      return { ok: false, code };
    }
    if (user.id !== getSocketUser(socket)?.id) {
      this.#causes.warn('refresh-refused:WRONG_USER', "A refresh was refused: the token is another user's.");
      return { ok: false, code: 'WRONG_USER' };
    }
    const isOpen = socket.connected && socket.conn.readyState === 'open';
    if (!isOpen || this.#identification.wasRevokedMeanwhile(socket, user))
      return { ok: false, code: 'UNAVAILABLE' };
    return user;
  }

  /** A socket is told at half of its time when it has less than the notice takes: no token is renewed all the time. */
  #schedule(socket: Socket, { expiresAt }: AuthenticatedUser): void {
    if (expiresAt === undefined || !Number.isFinite(expiresAt)) this.#due.delete(socket);
    else if (this.#expiryNoticeMs === 0) this.#due.set(socket, expiresAt);
    else {
      const now = Date.now();
      this.#due.set(socket, Math.max(expiresAt - this.#expiryNoticeMs, now + (expiresAt - now) / 2));
    }
  }

  #isDue(socket: Socket): void {
    const expiresAt = getSocketUser(socket)?.expiresAt ?? Infinity;
    const expiresInMs = expiresAt - Date.now();
    if (expiresInMs > 0) {
      this.#due.set(socket, expiresAt);
      tellClient(socket, 'gateway:auth-expiring', { expiresInMs } satisfies AuthExpiringMessage);
      return;
    }
    this.#causes.warn(
      'token-expired',
      'A connection was closed: its token had ended, and was not refreshed.',
    );
    this.#end(socket, 'TOKEN_EXPIRED');
  }

  /** Whatever comes of one socket must not keep the others. */
  #end(socket: Socket, code: DisconnectCode): void {
    try {
      endSession(socket, code);
      this.#ended.get(code)?.inc();
    } catch (error) {
      this.#causes.error('end-failed', `A connection could not be closed: ${String(error)}`);
    }
  }
}
