import type { Namespace, ServerOptions, Socket } from 'socket.io';
import type { RefusalData } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { Counter, GatewayMetrics } from '../../metrics/index.js';
import type { ClientLimits } from '../limits/index.js';
import { isNamespaceOf } from '../options/index.js';
import { LATE, within } from '../within.js';
import { requireAllowedOrigin } from './allowed-origin.js';
import { getSocketUser, setSocketUser, type AuthenticatedUser } from '../users/index.js';
import type { Identification } from './identification.js';
import { refusalOf } from './refusal-of.js';
import { RefusedError } from './refused-error.js';

/** Who tries too often hears so late of it. */
const HOLD_MS = 1000;

/** What the guard needs to know of the options. */
export interface HandshakeRules {
  readonly cors: ServerOptions['cors'];
  readonly publicNamespaces: readonly (string | RegExp)[];
}

/** Who is told of the sockets that have a user. */
export interface GuardedGateway {
  /** One was let in. Told before any gateway of the application is. */
  welcome(socket: Socket, user: AuthenticatedUser): void;
  /** Its client is about to be heard for the first time: from now on its requests are to be answered. */
  listen(socket: Socket): void;
  /** One that was let in is gone. */
  left(socket: Socket): void;
}

export interface HandshakeGuardSettings {
  readonly identification: Identification;
  readonly rules: HandshakeRules;
  readonly causes: CauseLog;
  readonly limits: ClientLimits;
  readonly metrics: GatewayMetrics;
  readonly gateway: GuardedGateway;
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
  // One of each for all sockets: listeners of every part of the library would be much of what an idle connection costs.
  readonly #onConnection: (socket: Socket) => void;
  readonly #onDisconnect: (this: Socket) => void;

  constructor({ identification, rules, causes, limits, metrics, gateway }: HandshakeGuardSettings) {
    this.#identification = identification;
    this.#rules = rules;
    this.#causes = causes;
    this.#limits = limits;
    this.#metrics = metrics;
    this.#accepted = metrics.counter('handshakes_total', { result: 'accepted' });
    this.#onConnection = (socket) => {
      limits.entered(socket);
      const user = getSocketUser(socket);
      if (!user) return;
      this.#accepted.inc();
      gateway.welcome(socket, user);
      if (limits.hasSpoken(socket)) gateway.listen(socket);
    };
    limits.onSpoken((socket) => {
      if (getSocketUser(socket)) gateway.listen(socket);
    });
    this.#onDisconnect = function () {
      limits.left(this);
      if (getSocketUser(this)) gateway.left(this);
    };
  }

  /** Guards a namespace, and the children of one that is a pattern. */
  protect(namespace: Namespace): void {
    if (this.#guarded.has(namespace)) return;
    this.#guarded.add(namespace);
    namespace.use((socket, next) => {
      if (!this.#limits.asks(socket)) return;
      this.#admit(socket).then(
        () => next(),
        (error: unknown) => this.#refuse(error, socket, next),
      );
    });
    // A child of a pattern has inherited it.
    if (namespace.listeners('connection').includes(this.#onConnection)) return;
    namespace.on('connection', this.#onConnection);
  }

  async #admit(socket: Socket): Promise<void> {
    if (getSocketUser(socket)) return;
    const user = this.#isPublic(socket.nsp.name) ? undefined : await this.#authenticateInTime(socket);
    const admission = this.#limits.admit(socket, user);
    if (!admission.ok) throw new RefusedError(admission.code, admission.reason, admission.retryAfterMs);
    if (user) setSocketUser(socket, user);
    // In a child of a public pattern each socket comes here twice.
    if (socket.listeners('disconnect').includes(this.#onDisconnect)) return;
    socket.on('disconnect', this.#onDisconnect);
  }

  async #authenticateInTime(socket: Socket): Promise<AuthenticatedUser> {
    const waitMs = this.#limits.authenticating(socket);
    if (typeof waitMs === 'object') throw new RefusedError(waitMs.code, waitMs.reason, waitMs.retryAfterMs);
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

  #refuse(cause: unknown, socket: Socket, next: (error: Error) => void): void {
    const { code, reason, retryAfterMs } = refusalOf(cause, socket);
    this.#limits.refused(socket, code);
    this.#metrics.counter('handshakes_total', { result: code }).inc();
    this.#causes.warn(`refused:${code}`, `A connection was refused with ${code}: ${reason}.`);
    const data: RefusalData = retryAfterMs === undefined ? { code } : { code, retryAfterMs };
    const error = Object.assign(new Error(code), { data });
    if (retryAfterMs === undefined) next(error);
    // Who tries again as soon as it is refused tries once in this time.
    else setTimeout(() => next(error), Math.min(retryAfterMs, HOLD_MS)).unref();
  }
}
