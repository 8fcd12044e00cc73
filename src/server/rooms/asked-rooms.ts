import type { Namespace, Socket } from 'socket.io';

/**
 * Which rooms sockets are in because their clients asked for them. Those are asked about again when a client sends another
 * token; where the application has put a socket, it stays.
 */
export class AskedRooms {
  readonly #rooms = new WeakMap<Socket, Set<string>>();

  /** A room that a socket has left is forgotten, whoever made it leave. */
  constructor(namespace: Namespace) {
    namespace.adapter.on('leave-room', (room: string, id: string) => {
      const socket = namespace.sockets.get(id);
      if (socket) this.delete(socket, room);
    });
  }

  add(socket: Socket, room: string): void {
    const rooms = this.#rooms.get(socket);
    if (rooms) rooms.add(room);
    else this.#rooms.set(socket, new Set([room]));
  }

  delete(socket: Socket, room: string): void {
    this.#rooms.get(socket)?.delete(room);
  }

  has(socket: Socket, room: string): boolean {
    return this.#rooms.get(socket)?.has(room) ?? false;
  }

  of(socket: Socket): string[] {
    return [...(this.#rooms.get(socket) ?? [])];
  }
}
