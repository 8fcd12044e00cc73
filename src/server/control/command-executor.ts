import type { Namespace, Socket } from 'socket.io';
import type { GatewayCommand } from '../../publishing/index.js';
import { PRESENT, type AttachStart, type SocketRooms } from '../attaching/index.js';
import type { AskedRooms } from '../rooms/index.js';
import { membersIn, type Sessions } from '../sessions/index.js';

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
  readonly #asked: AskedRooms;
  readonly #sessions: Sessions;

  constructor(namespace: Namespace, rooms: SocketRooms, asked: AskedRooms, sessions: Sessions) {
    this.#namespace = namespace;
    this.#rooms = rooms;
    this.#asked = asked;
    this.#sessions = sessions;
  }

  /**
   * Carries out a command in this tick.
   *
   * @returns resolves when sockets that joined a room receive what is emitted to it
   */
  async execute(command: GatewayCommand, { givenAt, isOutdated }: Circumstances = {}): Promise<void> {
    switch (command.type) {
      case 'disconnect':
        this.#sessions.disconnect(command.members, givenAt);
        return;
      case 'revoke':
        this.#sessions.revoke(command.members, givenAt);
        return;
    }
    const sockets = membersIn(this.#namespace, command.members).filter((socket) => !isOutdated?.(socket));
    switch (command.type) {
      case 'join': {
        const { room, position } = command;
        const start: AttachStart = position === undefined ? PRESENT : { kind: 'position', position };
        for (const socket of sockets) this.#asked.delete(socket, room);
        await Promise.all(sockets.map((socket) => this.#rooms.join(socket, room, start)));
        return;
      }
      case 'leave': {
        const leaving = sockets.map((socket) => socket.leave(command.room));
        for (const left of leaving) await left;
      }
    }
  }

  /** When the first of the sockets that are here connected, in ms since 1970; undefined when there is none. */
  firstConnectedAt(): number | undefined {
    let first: number | undefined;
    for (const { handshake } of this.#namespace.sockets.values()) {
      if (first === undefined || handshake.issued < first) first = handshake.issued;
    }
    return first;
  }

  /** Commands may have been missed: who should not be connected any more is looked for. */
  review(): void {
    this.#sessions.reviewAll();
  }
}
