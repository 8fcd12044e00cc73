import type { Namespace, Socket } from 'socket.io';

const SOCKET_ROOMS = 'socket:';

/** How Socket.IO's namespaces make their sockets; the id is what the socket's own room is called. */
interface Maker {
  _createSocket(client: unknown, auth: unknown): Promise<Socket>;
}

/**
 * Gives the sockets of a namespace ids that start with `socket:`, as users' own rooms start with `user:`. With Socket.IO's own,
 * 20 characters, nothing tells a room from the own room of a socket on another server: who may join any room `a…` could hear what
 * is meant for one socket alone, and would be meant by commands about it.
 */
export function nameSockets(namespace: Namespace): void {
  const maker = namespace as unknown as Maker;
  const make = maker._createSocket.bind(namespace);
  maker._createSocket = async (client, auth) => {
    const socket = await make(client, auth);
    return Object.assign(socket, { id: SOCKET_ROOMS + socket.id });
  };
}

/** Whether a room is, or could be, a socket's own. */
export function isOwnRoomOfSocket(room: string): boolean {
  return room.startsWith(SOCKET_ROOMS);
}
