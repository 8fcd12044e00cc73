import type { Namespace, Socket } from 'socket.io';
import type { CauseLog } from '../../logging/index.js';
import type { Token } from '../../room-log/index.js';
import type { RoomFeed } from '../feed/index.js';
import { EventFrames } from '../frames/index.js';
import type { SlowConsumers } from '../slow-consumers/index.js';
import type { KeptDeliveries } from '../tracing/index.js';
import { CONTROL_ROOM } from '../../publishing/index.js';
import type { AttachReport } from './attach-report.interface.js';
import { PRESENT, type AttachStart } from './attach-start.js';
import { Attachment } from './attachment.js';
import type { DeliveryMeter } from './delivery-meter.js';
import { ReplayBudget } from './replay-budget.js';
import { ReplayPump } from './replay-pump.js';
import { SocketRoom, type SharedByRooms } from './socket-room.js';

export interface SocketRoomsSettings {
  readonly namespace: Namespace;
  readonly feed: RoomFeed;
  readonly maxReplay: number;
  readonly slow: SlowConsumers;
  /** Whether the application has replaced Socket.IO's parser. */
  readonly hasOwnParser: boolean;
  readonly causes: CauseLog;
  readonly meter: DeliveryMeter;
  /** Told of deliveries. @default they are not traced */
  readonly traces?: KeptDeliveries | undefined;
}

/** A join that this server has asked for: where the socket begins, and what came of it. */
interface Joining {
  readonly start: AttachStart;
  attachment: Attachment | undefined;
}

/** A room that a client wants to go on in, about which nothing is decided yet. */
interface Undecided {
  /** Where the room was when the application put the socket into it meanwhile; undefined when it did not. */
  joinedAt: Promise<AttachStart> | undefined;
}

/**
 * Follows exactly the rooms that this server's sockets are in, whatever made them join: the gateway, the application's own
 * `socket.join`, another server. A socket's own room, named after itself, is not followed: nobody can return to it.
 */
export class SocketRooms {
  readonly #namespace: Namespace;
  readonly #feed: RoomFeed;
  readonly #shared: SharedByRooms;
  readonly #rooms = new Map<string, SocketRoom>();
  /** The joins of sockets that are under way, by the rooms' names. */
  readonly #joining = new WeakMap<Socket, Map<string, Joining>>();
  readonly #undecided = new WeakMap<Socket, Map<string, Undecided>>();
  readonly #onJoin = (room: string, id: string): void => this.#joined(room, id);
  readonly #onLeave = (room: string, id: string): void => this.#left(room, id);

  constructor({
    namespace,
    feed,
    maxReplay,
    slow,
    hasOwnParser,
    causes,
    meter,
    traces,
  }: SocketRoomsSettings) {
    this.#namespace = namespace;
    this.#feed = feed;
    this.#shared = {
      frames: new EventFrames(namespace, hasOwnParser, causes),
      pump: new ReplayPump(),
      budget: new ReplayBudget(),
      maxReplay,
      slow,
      meter,
      traces,
    };
    namespace.adapter.on('join-room', this.#onJoin);
    namespace.adapter.on('leave-room', this.#onLeave);
  }

  /** Whether anybody can be attached at this moment; if not, it happens as soon as the log is back. */
  get isLogReady(): boolean {
    return this.#feed.isLogReady;
  }

  has(room: string): boolean {
    return this.#rooms.has(room);
  }

  /**
   * A client wants to go on in a room, and it takes a while to decide whether it may. If the application puts the socket into
   * it meanwhile, it is not attached before that is decided: at the present it would be beyond what it has missed.
   * To be followed by `accept` or `refuse`.
   */
  consider(socket: Socket, room: string): void {
    const ofSocket = this.#undecided.get(socket) ?? new Map<string, Undecided>();
    this.#undecided.set(socket, ofSocket);
    if (!ofSocket.has(room)) ofSocket.set(room, { joinedAt: undefined });
  }

  /**
   * Follows the rooms that the application has put a socket into before it was connected, in middleware: Socket.IO tells of those
   * joins when there is no such socket yet. To be called after `consider`.
   */
  adopt(socket: Socket): void {
    for (const room of socket.rooms) {
      const known = this.#rooms.get(room);
      if (!known?.attachmentOf(socket) && !known?.isAttached(socket)) this.#joined(room, socket.id);
    }
  }

  /** The client may be in the room, also where nothing had to be decided. Otherwise as `join`. */
  async accept(socket: Socket, room: string, start: AttachStart): Promise<AttachReport | undefined> {
    const undecided = this.#decide(socket, room);
    if (undecided?.joinedAt && socket.rooms.has(room)) return this.#attach(socket, room, start)?.done;
    return this.join(socket, room, start);
  }

  /** The client may not go on in the room: where the application has put it, it begins when that was. */
  async refuse(socket: Socket, room: string): Promise<void> {
    const joinedAt = this.#decide(socket, room)?.joinedAt;
    if (joinedAt) this.#attach(socket, room, await joinedAt);
  }

  /**
   * Puts a socket into a room.
   *
   * @returns where it has come to; undefined when it left the room before it got anywhere
   */
  async join(socket: Socket, room: string, start: AttachStart): Promise<AttachReport | undefined> {
    const arriving = this.#rooms.get(room)?.attachmentOf(socket);
    if (arriving) return arriving.done;
    const position = this.positionOf(socket, room);
    if (position !== undefined) return { position, recovered: null, replayed: 0 };
    // In it since before it was connected: that tells nobody, now or then.
    if (socket.rooms.has(room)) return this.#attach(socket, room, start)?.done;
    return (await this.#joinFrom(socket, room, start))?.done;
  }

  /** Where a socket is in a room; undefined when it is not in it, or not yet attached. */
  positionOf(socket: Socket, room: string): Token | undefined {
    const known = this.#rooms.get(room);
    return known?.isAttached(socket) ? known.feed.position : undefined;
  }

  close(): void {
    this.#namespace.adapter.off('join-room', this.#onJoin);
    this.#namespace.adapter.off('leave-room', this.#onLeave);
    this.#shared.pump.close();
    this.#rooms.clear();
  }

  #joined(name: string, id: string): void {
    const socket = this.#namespace.sockets.get(id);
    if (!socket || name === id || name === CONTROL_ROOM) return;
    const joining = this.#joining.get(socket)?.get(name);
    const start = joining?.start ?? PRESENT;
    const undecided = this.#undecided.get(socket)?.get(name);
    if (undecided) {
      undecided.joinedAt ??= start === PRESENT ? this.#whereIs(name) : Promise.resolve(start);
      return;
    }
    const attachment = this.#attach(socket, name, start);
    if (joining) joining.attachment = attachment;
  }

  #attach(socket: Socket, name: string, start: AttachStart): Attachment | undefined {
    // It may have left since.
    if (!socket.rooms.has(name)) return undefined;
    const room = this.#rooms.get(name) ?? this.#follow(name);
    const attachment = new Attachment(room, socket, start);
    room.add(attachment);
    return attachment;
  }

  #decide(socket: Socket, room: string): Undecided | undefined {
    const ofSocket = this.#undecided.get(socket);
    const undecided = ofSocket?.get(room);
    ofSocket?.delete(room);
    // As for the joins: it would be there for each connection.
    if (ofSocket?.size === 0) this.#undecided.delete(socket);
    return undecided;
  }

  /** Where a room is at this moment, as a place to begin. */
  async #whereIs(name: string): Promise<AttachStart> {
    const { feed } = this.#rooms.get(name) ?? this.#follow(name);
    try {
      const position = feed.position ?? (await feed.look(null)).tail;
      return { kind: 'position', position };
    } catch {
      // The log is away. The room is where it will be found to be.
      return PRESENT;
    }
  }

  async #joinFrom(socket: Socket, room: string, start: AttachStart): Promise<Attachment | undefined> {
    const ofSocket = this.#joining.get(socket) ?? new Map<string, Joining>();
    const joining: Joining = { start, attachment: undefined };
    this.#joining.set(socket, ofSocket.set(room, joining));
    try {
      // Tells of the join from within, unless an adapter takes its time.
      await socket.join(room);
    } finally {
      ofSocket.delete(room);
      // An empty map is not small, and there would be one for each connection.
      if (ofSocket.size === 0 && this.#joining.get(socket) === ofSocket) this.#joining.delete(socket);
    }
    return joining.attachment;
  }

  #follow(name: string): SocketRoom {
    const room = new SocketRoom(name, this.#shared);
    this.#rooms.set(name, room);
    room.feed = this.#feed.follow(name, room);
    return room;
  }

  #left(name: string, id: string): void {
    const room = this.#rooms.get(name);
    const socket = this.#namespace.sockets.get(id);
    if (!room || !socket) return;
    room.remove(socket);
    if (!room.isEmpty) return;
    this.#rooms.delete(name);
    this.#feed.leave(name);
  }
}
