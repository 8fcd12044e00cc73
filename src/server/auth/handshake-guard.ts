import type { Namespace, Socket } from 'socket.io';
import type { RefusalCode, RefusalData } from '../../contract/index.js';
import { normaliseUserId } from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import type { AuthenticatedUser } from './authenticated-user.js';
import { RefusedError } from './refused-error.js';
import type { SocketAuthenticator } from './socket-authenticator.js';
import { getSocketUser, setSocketUser } from './socket-user.js';

/** Lets nobody into a namespace who is not authenticated. Works before the connection exists. */
export class HandshakeGuard {
  readonly #authenticator: SocketAuthenticator;
  readonly #causes: CauseLog;
  readonly #guarded = new WeakSet<Namespace>();

  constructor(authenticator: SocketAuthenticator, causes: CauseLog) {
    this.#authenticator = authenticator;
    this.#causes = causes;
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
        (error: unknown) => next(this.#refuse(error)),
      );
    });
    namespace.on('connection', (socket: Socket) => {
      const user = getSocketUser(socket);
      if (user && !this.#welcomed.has(socket)) {
        this.#welcomed.add(socket);
        onConnection(socket, user);
      }
    });
  }

  /** A child of a pattern inherits the pattern's guard and gets its own: each socket passes once. */
  readonly #welcomed = new WeakSet<Socket>();

  async #admit(socket: Socket): Promise<void> {
    if (getSocketUser(socket)) return;
    const user = await this.#authenticator.authenticate(socket);
    setSocketUser(socket, Object.freeze({ ...user, id: normaliseUserId(user.id) }));
  }

  #refuse(cause: unknown): Error {
    const isRefusal = cause instanceof RefusedError;
    const code: RefusalCode = isRefusal ? cause.code : 'TOKEN_INVALID';
    const reason = isRefusal ? cause.message : `the authenticator failed with ${nameOf(cause)}`;
    this.#causes.warn(
      `refused:${code}:${isRefusal ? '' : 'failed'}`,
      `A connection was refused with ${code}: ${reason}.`,
    );
    return Object.assign(new Error(code), { data: { code } satisfies RefusalData });
  }
}

function nameOf(error: unknown): string {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  return `${typeof name === 'string' ? name : 'an error'}${typeof message === 'string' ? `: ${message}` : ''}`;
}
