import type { Namespace, Socket } from 'socket.io';

/** What lets a socket be in a room: the user's token, as it is now, or something that was sent for this room alone. */
export type AskedBy = 'user' | 'room';

/**
 * Which rooms sockets are in because their clients asked for them: so many each may have. Those that the user's token allows
 * are asked about again when a client sends another; where the application has put a socket, it stays.
 */
export class AskedRooms {
  readonly #max: number;
  readonly #rooms = new WeakMap<Socket, Map<string, AskedBy>>();

  /**
   * A room that a socket has left is forgotten, whoever made it leave.
   *
   * @param max how many rooms a socket may be in so
   */
  constructor(namespace: Namespace, max: number) {
    this.#max = max;
    namespace.adapter.on('leave-room', (room: string, id: string) => {
      const socket = namespace.sockets.get(id);
      if (socket) this.delete(socket, room);
    });
  }

  /** Whether a client may ask for one more, as far as their number says. */
  mayAsk(socket: Socket, room: string): boolean {
    // Where it is already, it takes nothing more.
    return socket.rooms.has(room) || (this.#rooms.get(socket)?.size ?? 0) < this.#max;
  }

  /** It is let in. Where the application has put it before, that is why it is there. */
  add(socket: Socket, room: string, by: AskedBy): void {
    if (socket.rooms.has(room)) return;
    const rooms = this.#rooms.get(socket);
    if (rooms) rooms.set(room, by);
    else this.#rooms.set(socket, new Map([[room, by]]));
  }

  delete(socket: Socket, room: string): void {
    this.#rooms.get(socket)?.delete(room);
  }

  /** Whether it is there because the user's token allows it. */
  has(socket: Socket, room: string): boolean {
    return this.#rooms.get(socket)?.get(room) === 'user';
  }

  /** Those where it is because the user's token allows it. */
  of(socket: Socket): string[] {
    return [...(this.#rooms.get(socket) ?? [])].filter(([, by]) => by === 'user').map(([room]) => room);
  }
}
