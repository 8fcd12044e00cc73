import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions, Socket } from 'socket.io';
import type { AuthenticatedUser } from '../auth/index.js';
import { clientAddress } from './client-address.js';
import { ClientConnection } from './client-connection.js';
import { connectionOf, hangUpWithin, type EngineConnection } from './engine-connection.js';
import type { LimitReport } from './limit-report.js';
import type { ResolvedLimits } from './limits.options.js';
import { UnauthenticatedConnections } from './unauthenticated-connections.js';
import { UserConnections } from './user-connections.js';

/** How many namespaces a client may be authenticated for at once. */
const MAX_AUTHENTICATING = 10;

/** What an authenticator is cut short by, so that the client hears of it before its connection is closed. */
const ANSWER_MS = 50;

/** How long a client may take to answer that its connection is closed. */
const CLOSE_WITHIN_MS = 2000;

/** Told to clients by HTTP, before there is a connection that could be told more. */
const TOO_MANY_UNAUTHENTICATED = 'TOO_MANY_UNAUTHENTICATED';

/** The HTTP status with which the polling transport refuses a packet. */
const TOO_LARGE = 413;

/** Bounds what clients do to the servers of an application, in all namespaces, whatever they send. */
export class ClientLimits {
  readonly #limits: ResolvedLimits;
  readonly #report: LimitReport;
  readonly #clients = new WeakMap<EngineConnection, ClientConnection>();
  readonly #users: UserConnections;
  readonly #unauthenticated: UnauthenticatedConnections;

  constructor(limits: ResolvedLimits, report: LimitReport) {
    this.#limits = limits;
    this.#report = report;
    this.#users = new UserConnections(limits.connectionsPerUser, limits.connectionsPerUserKeeps);
    this.#unauthenticated = new UnauthenticatedConnections(limits.unauthenticatedPerAddress);
  }

  /** What a Socket.IO server has to be made with; an `allowRequest` of the application's is asked too. */
  serverOptions({ allowRequest }: Partial<ServerOptions>): Partial<ServerOptions> {
    return {
      maxHttpBufferSize: this.#limits.maxPacketBytes,
      connectTimeout: this.#limits.handshakeTimeoutMs,
      allowRequest: (request, done) => {
        if (this.#isFull(request)) done(TOO_MANY_UNAUTHENTICATED, false);
        else if (allowRequest) allowRequest(request, done);
        else done(null, true);
      },
    };
  }

  /**
   * Takes the place of Socket.IO's own listener, which parses: what is refused never gets there.
   *
   * @param hasOwnParser whether the application has replaced Socket.IO's parser
   */
  watch({ engine }: Pick<Server, 'engine'>, hasOwnParser: boolean): void {
    const received = (connection: EngineConnection, packet: unknown): void =>
      this.#received(connection, packet, hasOwnParser);
    const closed = (connection: EngineConnection, cause: unknown): void => this.#closed(connection, cause);
    // One function for all connections: closures for each would be much of what an idle one costs.
    const onData = function (this: EngineConnection, packet: unknown): void {
      received(this, packet);
    };
    const onClose = function (this: EngineConnection, _reason: string, cause: unknown): void {
      closed(this, cause);
    };
    // Its only word about it is the status of the answer.
    engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
      if (request.method === 'POST') {
        response.once('finish', () => {
          if (response.statusCode === TOO_LARGE) this.#report.refused('packet-size');
        });
      }
      next();
    });
    engine.on('connection', (connection: EngineConnection) => {
      const address = clientAddress(connection.request, this.#limits.trustedProxies);
      // Many may have been let in before the first of them was there.
      if (this.#unauthenticated.isFull(address)) return this.#refuseConnection(connection);
      const [parse] = connection.listeners('data');
      if (!parse) return;
      this.#unauthenticated.add(address);
      this.#clients.set(connection, new ClientConnection(connection, address, parse));
      connection.off('data', parse);
      connection.on('data', onData);
      connection.on('close', onClose);
    });
  }

  /**
   * Somebody asks for a namespace. To be followed by `authenticated` or `failed`, and by both in this order when what comes
   * after it refuses.
   *
   * @returns how long the authenticator may take, in milliseconds; undefined when too many are asked already
   */
  authenticating(socket: Socket): number | undefined {
    const client = this.#clients.get(connectionOf(socket));
    const { handshakeTimeoutMs } = this.#limits;
    if (!client) return handshakeTimeoutMs;
    if (client.authenticatingCount >= MAX_AUTHENTICATING) {
      this.#report.refused('handshake');
      return undefined;
    }
    client.authenticatingCount++;
    const goneMs = client.isAdmitted ? 0 : performance.now() - client.openedAtMs + ANSWER_MS;
    return Math.max(ANSWER_MS, handshakeTimeoutMs - goneMs);
  }

  /** It has been decided, one way or the other. */
  decided(socket: Socket): void {
    const client = this.#clients.get(connectionOf(socket));
    if (client) client.authenticatingCount--;
  }

  /** The authenticator has taken too long. */
  late(): void {
    this.#report.refused('handshake');
  }

  /**
   * A socket may enter its namespace.
   *
   * @param user undefined in a public namespace
   * @returns whether the user may have this connection
   */
  admit(socket: Socket, user: AuthenticatedUser | undefined): boolean {
    const connection = connectionOf(socket);
    const client = this.#clients.get(connection);
    // It may have been closed while the authenticator was asked.
    if (!client || connection.readyState !== 'open') return true;
    client.engineClient = socket.client as never;
    if (user) {
      const added = this.#users.add(connection, user.id);
      if (!added || added.displaced) this.#report.refused('connections');
      if (!added) return false;
      if (!client.users.includes(added.user)) client.users = [...client.users, added.user];
      if (added.displaced) this.#clients.get(added.displaced)?.end('TOO_MANY_CONNECTIONS');
      this.#countNoMore(client);
    }
    client.isAdmitted = true;
    return true;
  }

  #isFull(request: IncomingMessage): boolean {
    const isFull = this.#unauthenticated.isFull(clientAddress(request, this.#limits.trustedProxies));
    if (isFull) this.#report.refused('unauthenticated');
    return isFull;
  }

  #refuseConnection(connection: EngineConnection): void {
    this.#report.refused('unauthenticated');
    connection.close(true);
  }

  #received(connection: EngineConnection, packet: unknown, hasOwnParser: boolean): void {
    const client = this.#clients.get(connection);
    if (!client) return;
    const verdict = client.judge(packet, this.#limits.eventsPerSecond, hasOwnParser);
    if (verdict === 'taken') client.parse(packet);
    else if (verdict !== 'left') this.#report.refused(verdict);
    if (verdict === 'flood') client.end('RATE_LIMITED');
  }

  #closed(connection: EngineConnection, cause: unknown): void {
    const client = this.#clients.get(connection);
    if (!client) return;
    this.#clients.delete(connection);
    this.#countNoMore(client);
    hangUpWithin(connection, CLOSE_WITHIN_MS);
    for (const user of client.users) this.#users.remove(connection, user);
    const isLate = performance.now() - client.openedAtMs >= this.#limits.handshakeTimeoutMs;
    if (!client.isAdmitted && isLate) this.#report.refused('handshake');
    if (isTooLarge(cause)) this.#report.refused('packet-size');
  }

  #countNoMore(client: ClientConnection): void {
    if (client.address !== undefined) this.#unauthenticated.remove(client.address);
    client.address = undefined;
  }
}

/** As the websocket transport reports it: `ws` says no more than this, and the engine puts it into an error of its own. */
function isTooLarge(cause: unknown): boolean {
  const { message } = (cause ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message.includes('Max payload size exceeded');
}
