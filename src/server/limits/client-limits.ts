import type { Server, ServerOptions, Socket } from 'socket.io';
import type { RefusalCode } from '../../contract/index.js';
import type { AuthenticatedUser } from '../users/index.js';
import { askedTooOften, notAdmitted, tooManyNamespaces, type Admission, type Refused } from './admission.js';
import type { Rate } from './allowance.js';
import { ClientConnection, isEvent, lengthOf, type MessageLimits } from './client-connection.js';
import { ConnectingAddresses } from './connecting-addresses.js';
import type { ConnectionObserver } from './connection-observer.js';
import {
  connectionOf,
  hangUpWithin,
  isTooLarge,
  type EngineConnection,
  type EnginePacket,
} from './engine-connection.js';
import { InboundFlow } from './inbound-flow.js';
import type { LimitReport } from './limit-report.js';
import type { ResolvedLimits } from './limits.options.js';
import { bytesRate, handshakesRate } from './rates.js';
import { UserConnections } from './user-connections.js';
import { watchEngine } from './watch-engine.js';

/** What an authenticator is cut short by, so that the client hears of it before its connection is closed. */
const ANSWER_MS = 50;

/** Timers count whole milliseconds: one may end a little before its time by a clock that counts parts of them. */
const TIMER_EARLY_MS = 5;

/** How long a client may take to answer that its connection is closed. */
const CLOSE_WITHIN_MS = 2000;

/** Handshakes that fail because of the server, not of who tries. */
const OWN_FAULTS: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['AUTH_UNAVAILABLE', 'SERVER_DRAINING']);

/** Bounds what clients do to the servers of an application, in all namespaces, whatever they send. */
export class ClientLimits {
  readonly #limits: ResolvedLimits;
  readonly #report: LimitReport;
  readonly #clients = new WeakMap<EngineConnection, ClientConnection>();
  readonly #users: UserConnections;
  readonly #addresses: ConnectingAddresses;
  readonly #bytes: Rate;
  readonly #messages: MessageLimits;
  readonly #flow: InboundFlow;
  #onSpoken: (socket: Socket) => void = () => undefined;

  constructor(limits: ResolvedLimits, report: LimitReport) {
    this.#limits = limits;
    this.#report = report;
    const { bytesPerSecond, handshakesPerSecond } = limits;
    this.#bytes = bytesRate(bytesPerSecond.perSocket);
    const bytes = bytesRate(bytesPerSecond.perUser);
    const handshakes = handshakesRate(handshakesPerSecond.perUser);
    this.#messages = { ...limits.eventsPerSecond, handshakes };
    this.#users = new UserConnections({
      max: limits.connectionsPerUser,
      keeps: limits.connectionsPerUserKeeps,
      bytes,
      handshakes,
    });
    this.#addresses = new ConnectingAddresses(
      {
        trustedProxies: limits.trustedProxies,
        maxConnections: limits.unauthenticatedPerAddress,
        bytes,
        refusals: handshakesRate(handshakesPerSecond.refusedPerAddress),
      },
      report,
    );
    this.#flow = new InboundFlow(report);
  }

  /** What a Socket.IO server has to be made with; an `allowRequest` of the application's is asked too. */
  serverOptions({ allowRequest }: Partial<ServerOptions>): Partial<ServerOptions> {
    return {
      maxHttpBufferSize: this.#limits.maxPacketBytes,
      connectTimeout: this.#limits.handshakeTimeoutMs,
      allowRequest: (request, done) => {
        if (this.#addresses.refuses(request, done)) return;
        if (allowRequest) allowRequest(request, done);
        else done(null, true);
      },
    };
  }

  /**
   * Takes the place of the engine's own listener: what is refused never gets to it, nor to Socket.IO, which would parse it.
   *
   * @param hasOwnParser whether the application has replaced Socket.IO's parser
   * @param observer told of the connections that there may be
   */
  watch({ engine }: Pick<Server, 'engine'>, hasOwnParser: boolean, observer: ConnectionObserver): void {
    watchEngine(engine, {
      flow: this.#flow,
      report: this.#report,
      clientOf: (connection) => this.#clients.get(connection),
      opened: (connection) => {
        const client = this.#opened(connection);
        if (client) observer.opened(connection);
        return client;
      },
      received: (client, packet) => this.#received(client, packet, hasOwnParser),
      other: (client) => this.#noMessage(client),
      closed: (client, cause) => {
        this.#closed(client, cause);
        observer.closed(client.connection);
      },
    });
  }

  /**
   * Somebody asks for a namespace, and nobody has been asked about it. Who asks again before it is decided is answered once; who
   * says other words, such as another token, starts again with a new connection, as Socket.IO demands it after the decision.
   *
   * @returns false: nothing is to be done about it
   */
  asks(socket: Socket): boolean {
    const connection = connectionOf(socket);
    const asked = this.#clients.get(connection)?.asked.ask(socket) ?? 'no';
    if (asked === 'no') return true;
    this.#report.refused('handshakes-twice');
    // Nobody is ever to hear of it: Socket.IO would wait for that.
    socket._cleanup();
    if (asked === 'other') connection.close(true);
    return false;
  }

  /**
   * Somebody asks for a namespace. To be followed by `authenticated` or `failed`, and by both in this order when what comes
   * after it refuses.
   *
   * @returns how long the authenticator may take, in milliseconds; or why it is not asked
   */
  authenticating(socket: Socket): number | Refused {
    const client = this.#clients.get(connectionOf(socket));
    const { handshakeTimeoutMs } = this.#limits;
    if (!client) return handshakeTimeoutMs;
    const refused = askedTooOften(client, this.#report);
    if (refused) return refused;
    client.authenticatingCount++;
    const goneMs = client.isAdmitted ? 0 : performance.now() - client.openedAtMs + ANSWER_MS;
    return Math.max(ANSWER_MS, handshakeTimeoutMs - goneMs);
  }

  /** It has been decided, one way or the other. */
  decided(socket: Socket): void {
    const client = this.#clients.get(connectionOf(socket));
    if (client) client.authenticatingCount--;
  }

  /** It is in its namespace. */
  entered(socket: Socket): void {
    this.#clients.get(connectionOf(socket))?.asked.decided();
  }

  /** It has been refused. */
  refused(socket: Socket, code: RefusalCode): void {
    const client = this.#clients.get(connectionOf(socket));
    if (client && !OWN_FAULTS.has(code)) client.countRefusal();
    this.#left(client);
  }

  /** The authenticator has taken too long. */
  late(): void {
    this.#report.refused('handshake');
  }

  /**
   * A socket may enter its namespace. To be followed by `left`.
   *
   * @param user undefined in a public namespace
   * @returns whether the user may have this connection
   */
  admit(socket: Socket, user: AuthenticatedUser | undefined): Admission {
    const connection = connectionOf(socket);
    const client = this.#clients.get(connection);
    // It may have been closed while the authenticator was asked.
    if (!client || connection.readyState !== 'open') return { ok: true };
    client.engineClient = socket.client as never;
    // Who asks for many at once is not in them yet when we are asked about the others.
    const namespaces = client.namespaceCount + client.asked.admittedBeside(socket);
    if (namespaces >= this.#limits.namespacesPerConnection) return tooManyNamespaces(this.#report);
    if (user) {
      const added = this.#users.add(connection, user.id);
      if ('refused' in added) return notAdmitted(added, this.#report);
      client.addUser(added.user);
      if (added.displaced) {
        this.#report.refused('connections');
        this.#clients.get(added.displaced)?.end('TOO_MANY_CONNECTIONS');
      }
      countNoMore(client);
    }
    client.isAdmitted = true;
    client.asked.admit(socket);
    return { ok: true };
  }

  /**
   * Tells of the sockets of a client before its first event is parsed: most clients never send one, and what listens to them
   * would be much of what they cost.
   */
  onSpoken(listener: (socket: Socket) => void): void {
    this.#onSpoken = listener;
  }

  /** Whether a new socket's client has sent an event before: of this one it is not told then. */
  hasSpoken(socket: Socket): boolean {
    return this.#clients.get(connectionOf(socket))?.hasSpoken ?? true;
  }

  /** A socket has left its namespace. */
  left(socket: Socket): void {
    this.#left(this.#clients.get(connectionOf(socket)));
  }

  #opened(connection: EngineConnection): ClientConnection | undefined {
    const address = this.#addresses.enter(connection.request);
    if (!address) return undefined;
    const client = new ClientConnection(connection, address, this.#bytes);
    this.#clients.set(connection, client);
    return client;
  }

  /** It may be in no namespace any more, or not again. */
  #left(client: ClientConnection | undefined): void {
    // Until it has been in one Socket.IO itself waits for it.
    if (!client?.isAdmitted) return;
    client.closeUnlessUsed(this.#limits.handshakeTimeoutMs, () => this.#report.refused('handshake'));
  }

  #received(client: ClientConnection, packet: EnginePacket, hasOwnParser: boolean): void {
    // The engine itself takes nothing of one that is being closed.
    if (client.connection.readyState !== 'open') return;
    if (packet.type !== 'message') {
      this.#noMessage(client);
      client.parse(packet);
      return;
    }
    this.#flow.message(client, lengthOf(packet.data));
    const verdict = client.judge(packet.data, this.#messages, hasOwnParser);
    if (verdict === 'taken') {
      if (!client.hasSpoken && (hasOwnParser || isEvent(packet.data))) this.#speaks(client);
      client.parse(packet);
    } else if (verdict === 'flood') this.#endFlood(client);
    else if (verdict !== 'left') this.#report.refused(verdict);
  }

  #speaks(client: ClientConnection): void {
    client.hasSpoken = true;
    for (const socket of client.sockets) this.#onSpoken(socket);
  }

  /** Something has come in that is no message: no application asks for that often. */
  #noMessage(client: ClientConnection): void {
    if (client.isFlood(this.#limits.eventsPerSecond)) this.#endFlood(client);
  }

  #endFlood(client: ClientConnection): void {
    this.#report.refused('flood');
    const refusedUntilMs = performance.now() + this.#limits.floodPauseMs;
    for (const user of client.users) user.refusedUntilMs = refusedUntilMs;
    client.end('RATE_LIMITED');
  }

  #closed(client: ClientConnection, cause: unknown): void {
    const { connection } = client;
    this.#clients.delete(connection);
    client.forget();
    if (!client.isAdmitted && !client.wasRefused) client.countRefusal();
    countNoMore(client);
    hangUpWithin(connection, CLOSE_WITHIN_MS);
    for (const { connections } of client.users) connections.delete(connection);
    const isLate = performance.now() - client.openedAtMs >= this.#limits.handshakeTimeoutMs - TIMER_EARLY_MS;
    if (!client.isAdmitted && isLate) this.#report.refused('handshake');
    if (isTooLarge(cause)) this.#report.refused('packet-size');
  }
}

function countNoMore(client: ClientConnection): void {
  if (client.address) client.address.connectionCount--;
  client.address = undefined;
}
