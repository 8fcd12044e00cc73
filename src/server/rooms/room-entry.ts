import type { Socket } from 'socket.io';
import type { RoomJoined } from '../../contract/index.js';
import type { AttachReport, AttachStart, SocketRooms } from '../attaching/index.js';
import { tellClient } from '../tell-client.js';
import { LATE, within } from '../within.js';

/** How long a client waits to be told where it is in a room; then it is told that it is pending. */
const REPORT_WITHIN_MS = 5000;

/** The same while the log cannot be read: it may come back at any moment, or not for long. */
const REPORT_WITHOUT_LOG_MS = 1000;

/** What came of joining a room. */
export interface Entered {
  /** Where the socket is; undefined when it left the room meanwhile. */
  readonly now: RoomJoined | undefined;
  /** Where it is pending: to be called when the client has been told so, for `gateway:room` to follow. */
  readonly tellLater?: TellLater;
}

/** Resolves when the client has been told; rejects where the socket could not be put into the room after all. */
export type TellLater = () => Promise<void>;

/** Puts sockets into rooms and tells their clients where they are there, now or, when the log is away, later. */
export class RoomEntry {
  readonly #rooms: SocketRooms;

  constructor(rooms: SocketRooms) {
    this.#rooms = rooms;
  }

  /** It is being decided whether a client may join: to be followed by `enter` or `refuse`. */
  consider(socket: Socket, room: string): void {
    this.#rooms.consider(socket, room);
  }

  /** Follows the rooms that a socket was in before it was connected; to be called after `consider`. */
  adopt(socket: Socket): void {
    this.#rooms.adopt(socket);
  }

  refuse(socket: Socket, room: string): Promise<void> {
    return this.#rooms.refuse(socket, room);
  }

  /** Joins a room. */
  async enter(socket: Socket, room: string, start: AttachStart): Promise<Entered> {
    const attaching = this.#rooms.accept(socket, room, start);
    const waitMs = this.#rooms.isLogReady ? REPORT_WITHIN_MS : REPORT_WITHOUT_LOG_MS;
    const report = await within(attaching, waitMs);
    if (report !== LATE) return { now: report && this.refreshed(socket, joined(room, report)) };
    return {
      now: { room, ok: true, position: null, recovered: null, replayed: 0, pending: true },
      tellLater: () => this.#tellLater(socket, room, attaching),
    };
  }

  /** What was found out some time ago, with the position that the socket has now. */
  refreshed(socket: Socket, readiness: RoomJoined): RoomJoined {
    const position = this.#rooms.positionOf(socket, readiness.room);
    return position === undefined || readiness.pending ? readiness : { ...readiness, position };
  }

  async #tellLater(
    socket: Socket,
    room: string,
    attaching: Promise<AttachReport | undefined>,
  ): Promise<void> {
    const report = await attaching;
    if (!report || !socket.connected) return;
    tellClient(socket, 'gateway:room', this.refreshed(socket, joined(room, report)));
  }
}

function joined(room: string, { position, recovered, replayed }: AttachReport): RoomJoined {
  return { room, ok: true, position, recovered, replayed };
}
