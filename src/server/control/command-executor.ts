import type { Namespace, Socket } from 'socket.io';
import type { GatewayCommand } from '../../publishing/index.js';
import { PRESENT, type AttachStart, type SocketRooms } from '../attaching/index.js';

/** How far the clocks of Redis and a server may differ: a connection that is younger than this was not meant. */
const CLOCK_MARGIN_MS = 60_000;

/** Of a command that comes from elsewhere. */
interface Circumstances {
  /** When it was given, in ms since 1970: one that comes late does not end connections made since. */
  readonly givenAt?: number;
  /** Whether a newer command has been carried out on a socket already. */
  readonly isOutdated?: (socket: Socket) => boolean;
}

/** Carries commands out on this server's own sockets. */
export class CommandExecutor {
  readonly #namespace: Namespace;
  readonly #rooms: SocketRooms;

  constructor(namespace: Namespace, rooms: SocketRooms) {
    this.#namespace = namespace;
    this.#rooms = rooms;
  }

  /**
   * Carries out a command in this tick.
   *
   * @returns resolves when sockets that joined a room receive what is emitted to it
   */
  async execute(command: GatewayCommand, { givenAt, isOutdated }: Circumstances = {}): Promise<void> {
    const sockets = this.#members(command.members).filter((socket) => !isOutdated?.(socket));
    switch (command.type) {
      case 'join': {
        const { room, position } = command;
        const start: AttachStart = position === undefined ? PRESENT : { kind: 'position', position };
        await Promise.all(sockets.map((socket) => this.#rooms.join(socket, room, start)));
        return;
      }
      case 'leave': {
        const leaving = sockets.map((socket) => socket.leave(command.room));
        for (const left of leaving) await left;
        return;
      }
      case 'disconnect': {
        const latest = (givenAt ?? Infinity) + CLOCK_MARGIN_MS;
        for (const socket of sockets) if (socket.handshake.issued <= latest) socket.disconnect(true);
      }
    }
  }

  #members(room: string): Socket[] {
    const ids = this.#namespace.adapter.rooms.get(room) ?? [];
    return [...ids].map((id) => this.#namespace.sockets.get(id)).filter((socket) => socket !== undefined);
  }
}
