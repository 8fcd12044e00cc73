import type { Namespace, ServerOptions, Socket } from 'socket.io';
import type { RefusalData } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { Counter, GatewayMetrics } from '../../metrics/index.js';
import type { ClientLimits } from '../limits/index.js';
import { isNamespaceOf } from '../options/index.js';
import { LATE, within } from '../within.js';
import { requireAllowedOrigin } from './allowed-origin.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import type { Identification } from './identification.js';
import { refusalOf } from './refusal-of.js';
import { RefusedError } from './refused-error.js';
import { getSocketUser, setSocketUser } from './socket-user.js';

/** What the guard needs to know of the options. */
export interface HandshakeRules {
  readonly cors: ServerOptions['cors'];
  readonly publicNamespaces: readonly (string | RegExp)[];
}

export interface HandshakeGuardSettings {
  readonly identification: Identification;
  readonly rules: HandshakeRules;
  readonly causes: CauseLog;
  readonly limits: ClientLimits;
  readonly metrics: GatewayMetrics;
}

/** Lets nobody into a namespace who is not authenticated. Works before the connection exists. */
export class HandshakeGuard {
  readonly #identification: Identification;
  readonly #rules: HandshakeRules;
  readonly #causes: CauseLog;
  readonly #limits: ClientLimits;
  readonly #metrics: GatewayMetrics;
  readonly #accepted: Counter;
  readonly #guarded = new WeakSet<Namespace>();
  /** A child of a pattern inherits the pattern's guard and gets its own: each socket is welcomed once. */
  readonly #welcomed = new WeakSet<Socket>();

  constructor({ identification, rules, causes, limits, metrics }: HandshakeGuardSettings) {
    this.#identification = identification;
    this.#rules = rules;
    this.#causes = causes;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#accepted = metrics.counter('handshakes_total', { result: 'accepted' });
  }

  /**
   * Guards a namespace, and the children of one that is a pattern.
   *
   * @param onConnection told of each socket that was let in, before any gateway is
   */
  protect(namespace: Namespace, onConnection: (socket: Socket, user: AuthenticatedUser) => void): void {
    if (this.#guarded.has(namespace)) return;
    this.#guarded.add(namespace);
    namespace.use((socket, next) => {
      this.#admit(socket).then(
        () => next(),
        (error: unknown) => next(this.#refuse(error, socket)),
      );
    });
    namespace.on('connection', (socket: Socket) => {
      const user = getSocketUser(socket);
      if (!user || this.#welcomed.has(socket)) return;
      this.#welcomed.add(socket);
      this.#accepted.inc();
      onConnection(socket, user);
    });
  }

  async #admit(socket: Socket): Promise<void> {
    if (getSocketUser(socket)) return;
    if (this.#isPublic(socket.nsp.name)) return void this.#limits.admit(socket, undefined);
    const user = await this.#authenticateInTime(socket);
    if (!this.#limits.admit(socket, user)) {
      throw new RefusedError('TOO_MANY_CONNECTIONS', 'its user has as many as one may have');
    }
    setSocketUser(socket, user);
  }

  async #authenticateInTime(socket: Socket): Promise<AuthenticatedUser> {
    const waitMs = this.#limits.authenticating(socket);
    if (waitMs === undefined) throw new RefusedError('AUTH_UNAVAILABLE', 'it asks for too many at once');
    try {
      const user = await within(this.#authenticate(socket), waitMs);
      if (user !== LATE) return user;
      this.#limits.late();
      throw new RefusedError('AUTH_UNAVAILABLE', 'the authenticator has not answered in time');
    } finally {
      this.#limits.decided(socket);
    }
  }

  async #authenticate(socket: Socket): Promise<AuthenticatedUser> {
    await requireAllowedOrigin(socket.request, this.#rules.cors);
    return this.#identification.identify(socket);
  }

  #isPublic(name: string): boolean {
    return this.#rules.publicNamespaces.some((one) => isNamespaceOf(one, name));
  }

  #refuse(cause: unknown, socket: Socket): Error {
    const { code, reason } = refusalOf(cause, socket);
    this.#metrics.counter('handshakes_total', { result: code }).inc();
    this.#causes.warn(`refused:${code}`, `A connection was refused with ${code}: ${reason}.`);
    return Object.assign(new Error(code), { data: { code } satisfies RefusalData });
  }
}
