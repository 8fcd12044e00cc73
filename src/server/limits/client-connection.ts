import type { Socket } from 'socket.io';
import type { DisconnectCode, DisconnectingMessage } from '../../contract/index.js';
import type { Allowance, Rate } from './allowance.js';
import type { ConnectingAddress } from './connecting-address.js';
import { hangUpWithin, type EngineConnection } from './engine-connection.js';
import { EventRate, weightOf } from './event-rate.js';
import { AskedNamespaces } from './asked-namespaces.js';
import { namespaceAskedFor, tooOften } from './connect-head.js';
import { eventHead } from './packet-head.js';
import type { ConnectedUser } from './user-connections.js';

/** Above so many times the rate of events a connection is ended. */
const FLOOD_FACTOR = 10;

/** How long a connection that is ended may take to tell its client so. */
const FAREWELL_MS = 500;

/** How long answers to refused events wait for more of them. */
const ANSWER_EVERY_MS = 10;

/** More attachments than the parser takes: it ends the connection. */
const MAX_ATTACHMENTS = 10;

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

/** One client, whatever namespaces it is in: what it sends, and whose it is. */
export class ClientConnection {
  readonly connection: EngineConnection;
  readonly openedAtMs = performance.now();
  readonly bytes: Allowance;
  /** Counted as one without a user; undefined when it is not any more. */
  address: ConnectingAddress | undefined;
  /** Mostly one: an authenticator may tell another one in each namespace. */
  users: readonly ConnectedUser[] = [];
  /** How many authentications are under way. */
  authenticatingCount = 0;
  isAdmitted = false;
  readonly asked = new AskedNamespaces();
  /** Known from the first namespace on. */
  engineClient: EngineClient | undefined;
  readonly #parse: (packet: unknown) => void;
  readonly #rate = new EventRate();
  #skipCount = 0;
  #isEnded = false;
  #wasRefused = false;
  #answers: string[] = [];
  #pause: NodeJS.Timeout | undefined;
  #unused: NodeJS.Timeout | undefined;
  /** What has come since it has said that it leaves a namespace. */
  #afterLeave: unknown[] | undefined;

  /** @param parse Socket.IO's own listener to packets */
  constructor(
    connection: EngineConnection,
    address: ConnectingAddress,
    bytes: Allowance,
    parse: (packet: unknown) => void,
  ) {
    this.connection = connection;
    this.address = address;
    this.bytes = bytes;
    this.#parse = parse;
  }

  /** For whom its bytes count too. */
  get payers(): readonly { readonly bytes: Allowance }[] {
    return this.address ? [this.address] : this.users;
  }

  /**
   * Hands a packet to Socket.IO, which leaves a namespace a tick after it was told to, and would end the connection of who joins it
   * again before that: what follows in the same tick waits for the next.
   */
  parse(packet: unknown): void {
    if (this.#afterLeave) {
      this.#afterLeave.push(packet);
      return;
    }
    this.#parse(packet);
    if (!isLeave(packet)) return;
    this.#afterLeave = [];
    process.nextTick(() => {
      const packets = this.#afterLeave ?? [];
      this.#afterLeave = undefined;
      for (const one of packets) if (this.connection.readyState === 'open') this.parse(one);
    });
  }

  /** Whether a packet that has come in may be parsed. */
  judge(packet: unknown, limits: MessageLimits, hasOwnParser: boolean): Verdict {
    if (this.#isEnded) return 'left';
    const now = performance.now();
    const weight = weightOf(lengthOf(packet));
    const count = this.#rate.add(weight, now);
    if (count > limits.perSocket * FLOOD_FACTOR) return 'flood';
    if (this.#skipCount > 0 && typeof packet !== 'string') {
      this.#skipCount--;
      return 'left';
    }
    this.#skipCount = 0;
    const namespace = hasOwnParser ? undefined : namespaceAskedFor(packet);
    const waitMs = namespace === undefined ? 0 : this.asked.take(limits.handshakes, now);
    if (namespace !== undefined && waitMs > 0) {
      this.#answerLater(tooOften(namespace, waitMs));
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
    return !this.#isEnded && this.#rate.add(1, performance.now()) > limits.perSocket * FLOOD_FACTOR;
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
    else for (const { handshakes } of this.users) handshakes.take(1, now);
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
    const sockets = [...(this.engineClient?.sockets.values() ?? [])];
    for (const socket of sockets)
      socket.emit('gateway:disconnecting', { code } satisfies DisconnectingMessage);
    if (sockets[0]) sockets[0].disconnect(true);
    else this.connection.close(true);
    this.connection.transport.socket?.pause?.();
    hangUpWithin(this.connection, FAREWELL_MS);
  }

  #countForUsers(weight: number, now: number, max: number): Verdict {
    let verdict: Verdict = 'taken';
    for (const { rate } of this.users) if (rate.add(weight, now) > max) verdict = 'events-per-user';
    return verdict;
  }

  /** Answers what asks for an answer; returns false for what has to be parsed to be refused. */
  #refuse(packet: unknown, hasOwnParser: boolean): boolean {
    // What an own parser reads is not known here.
    if (hasOwnParser) return true;
    const head = eventHead(packet as string);
    if (!head || head.attachmentCount > MAX_ATTACHMENTS) return false;
    this.#skipCount = head.attachmentCount;
    const { namespace, ackId } = head;
    const prefix = namespace === '' ? '3' : `3${namespace},`;
    if (ackId !== '') this.#answerLater(`${prefix}${ackId}[{"ok":false,"code":"RATE_LIMITED"}]`);
    return true;
  }

  /** Together with others: to send each by itself costs more than all else that is done for a refused event. */
  #answerLater(answer: string): void {
    this.#answers.push(answer);
    if (this.#answers.length > 1) return;
    setTimeout(() => {
      for (const one of this.#answers) this.connection.write(one);
      this.#answers = [];
    }, ANSWER_EVERY_MS).unref();
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
function isEvent(packet: unknown): boolean {
  return typeof packet === 'string' && (packet.startsWith('2') || packet.startsWith('5'));
}
