import type { Socket } from 'socket.io';
import type { DisconnectCode, DisconnectingMessage } from '../../contract/index.js';
import { tellClient } from '../tell-client.js';
import type { Allowance, Rate } from './allowance.js';
import type { ConnectingAddress } from './connecting-address.js';
import {
  hangUpWithin,
  type EngineConnection,
  type EnginePacket,
  type EngineTransport,
} from './engine-connection.js';
import { AskedNamespaces } from './asked-namespaces.js';
import { namespaceAskedFor, tooOften } from './connect-head.js';
import { RefusedEvents } from './refused-events.js';
import { Sender, weightOf } from './sender.js';
import type { ConnectedUser } from './user-connections.js';

/** Above so many times the rate of events a connection is ended. */
const FLOOD_FACTOR = 10;

/** How long a connection that is ended may take to tell its client so. */
const FAREWELL_MS = 500;

/** What comes of a packet. */
export type Verdict =
  'taken' | 'events-per-socket' | 'events-per-user' | 'handshakes-per-socket' | 'flood' | 'left';

/** How much may come in. */
export interface MessageLimits {
  readonly perSocket: number;
  readonly perUser: number;
  readonly handshakes: Rate;
}

/** Where the sockets of a connection are, one in each namespace. */
interface EngineClient {
  readonly sockets: ReadonlyMap<string, Socket>;
}

/** Of all clients without a user. */
const NOBODY: readonly ConnectedUser[] = [];

/**
 * One client, whatever namespaces it is in: what it sends, and whose it is. There are many, most of which never send anything:
 * what only those need who do is made when they do.
 */
export class ClientConnection extends Sender {
  readonly connection: EngineConnection;
  // Whole milliseconds take no memory of their own.
  readonly openedAtMs = Math.floor(performance.now());
  /** Counted as one without a user; undefined when it is not any more. */
  address: ConnectingAddress | undefined;
  /** How many authentications are under way. */
  authenticatingCount = 0;
  isAdmitted = false;
  readonly asked = new AskedNamespaces();
  /** Whether it has sent an event, or what may be one. */
  hasSpoken = false;
  /** Known from the first namespace on. */
  engineClient: EngineClient | undefined;
  #users = NOBODY;
  #transport: EngineTransport | undefined;
  #parse: ((packet: EnginePacket) => void) | undefined;
  #refused: RefusedEvents | undefined;
  #isEnded = false;
  #wasRefused = false;
  #pause: NodeJS.Timeout | undefined;
  #unused: NodeJS.Timeout | undefined;
  /** What has come since it has said that it leaves a namespace. */
  #afterLeave: EnginePacket[] | undefined;

  constructor(connection: EngineConnection, address: ConnectingAddress, bytes: Rate) {
    super(bytes);
    this.connection = connection;
    this.address = address;
  }

  /** Mostly one: an authenticator may tell another one in each namespace. */
  get users(): readonly ConnectedUser[] {
    return this.#users;
  }

  addUser(user: ConnectedUser): void {
    if (this.#users.includes(user)) return;
    this.#users = this.#users === NOBODY ? user.alone : [...this.#users, user];
  }

  /** For whom its bytes count too. */
  get payers(): readonly { readonly sent: Allowance }[] {
    return this.address ? [this.address] : this.#users;
  }

  /** By which transport its packets are taken. */
  get transport(): EngineTransport | undefined {
    return this.#transport;
  }

  /** @param parse the engine's own listener to packets */
  comesBy(transport: EngineTransport, parse: (packet: EnginePacket) => void): void {
    this.#transport = transport;
    this.#parse = parse;
  }

  /**
   * Hands a packet to the engine, and so to Socket.IO, which leaves a namespace a tick after it was told to, and would end the
   * connection of who joins it again before that: what follows in the same tick waits for the next.
   */
  parse(packet: EnginePacket): void {
    if (this.#afterLeave) {
      this.#afterLeave.push(packet);
      return;
    }
    this.#parse?.(packet);
    if (packet.type !== 'message' || !isLeave(packet.data)) return;
    this.#afterLeave = [];
    process.nextTick(() => {
      const packets = this.#afterLeave ?? [];
      this.#afterLeave = undefined;
      for (const one of packets) if (this.connection.readyState === 'open') this.parse(one);
    });
  }

  /** Its sockets, in all namespaces. */
  get sockets(): Socket[] {
    return [...(this.engineClient?.sockets.values() ?? [])];
  }

  /** Whether a packet that has come in may be parsed. */
  judge(packet: unknown, limits: MessageLimits, hasOwnParser: boolean): Verdict {
    if (this.#isEnded) return 'left';
    const now = performance.now();
    const weight = weightOf(lengthOf(packet));
    const count = this.addEvents(weight, now);
    if (count > limits.perSocket * FLOOD_FACTOR) return 'flood';
    if (this.#refused?.includes(packet)) return 'left';
    const namespace = hasOwnParser ? undefined : namespaceAskedFor(packet);
    const waitMs = namespace === undefined ? 0 : this.asked.take(limits.handshakes, now);
    if (namespace !== undefined && waitMs > 0) {
      this.#ownRefused().answerLater(tooOften(namespace, waitMs));
      return 'handshakes-per-socket';
    }
    const verdict =
      count > limits.perSocket ? 'events-per-socket' : this.#countForUsers(weight, now, limits.perUser);
    // What comes in parts must not stop in the middle, and an acknowledgement was asked for by the application.
    if (verdict === 'taken' || (!hasOwnParser && !isEvent(packet))) return 'taken';
    return this.#refuse(packet, hasOwnParser) ? verdict : 'taken';
  }

  /** Counts what has come in and is no event. */
  isFlood(limits: { perSocket: number }): boolean {
    return !this.#isEnded && this.addEvents(1, performance.now()) > limits.perSocket * FLOOD_FACTOR;
  }

  /** Reads nothing for so long. A client that polls is kept waiting where it is answered. */
  pauseFor(ms: number): void {
    const { socket } = this.connection.transport;
    if (this.#isEnded || !socket?.pause) return;
    socket.pause();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => socket.resume?.(), ms).unref();
  }

  /** It has left a namespace: Socket.IO itself would keep a connection for ever that is in none any more. */
  closeUnlessUsed(withinMs: number, onClosed: () => void): void {
    const { connection } = this;
    const isUnused = (): boolean =>
      this.engineClient?.sockets.size === 0 &&
      this.authenticatingCount === 0 &&
      connection.readyState === 'open';
    if (!isUnused()) return;
    clearTimeout(this.#unused);
    this.#unused = setTimeout(() => {
      if (!isUnused()) return;
      onClosed();
      connection.close(true);
    }, withinMs).unref();
  }

  get namespaceCount(): number {
    return this.engineClient?.sockets.size ?? 0;
  }

  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  /** A handshake has come to nothing. */
  countRefusal(): void {
    this.#wasRefused = true;
    const now = performance.now();
    if (this.address) this.address.refusals.take(1, now);
    else for (const { handshakes } of this.#users) handshakes.take(1, now);
  }

  /** It is closed: there is nothing more to wait for. */
  forget(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#unused);
  }

  /** Tells the client why, and ends its connection; what it still sends is not read any more. */
  end(code: DisconnectCode): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#pause);
    const { sockets } = this;
    for (const socket of sockets)
      tellClient(socket, 'gateway:disconnecting', { code } satisfies DisconnectingMessage);
    if (sockets[0]) sockets[0].disconnect(true);
    else this.connection.close(true);
    this.connection.transport.socket?.pause?.();
    hangUpWithin(this.connection, FAREWELL_MS);
  }

  #countForUsers(weight: number, now: number, max: number): Verdict {
    let verdict: Verdict = 'taken';
    for (const { sent } of this.#users) if (sent.addEvents(weight, now) > max) verdict = 'events-per-user';
    return verdict;
  }

  /** Returns false for what has to be parsed to be refused. */
  #refuse(packet: unknown, hasOwnParser: boolean): boolean {
    // What an own parser reads is not known here.
    if (hasOwnParser) return true;
    return this.#ownRefused().add(packet as string);
  }

  /** Made when there is something to refuse: most clients never send too much. */
  #ownRefused(): RefusedEvents {
    this.#refused ??= new RefusedEvents(this.connection);
    return this.#refused;
  }
}

/** How long a packet is: bytes, or characters. */
export function lengthOf(packet: unknown): number {
  return (packet as { readonly length?: number } | undefined)?.length ?? 0;
}

/** In Socket.IO's own protocol: a client leaves a namespace. */
function isLeave(packet: unknown): boolean {
  return typeof packet === 'string' && packet.startsWith('1');
}

/** In Socket.IO's own protocol: an event, with or without attachments. */
export function isEvent(packet: unknown): boolean {
  return typeof packet === 'string' && (packet.startsWith('2') || packet.startsWith('5'));
}
