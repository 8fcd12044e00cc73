import type { Namespace, Socket } from 'socket.io';
import { userRoom } from '../../names/index.js';
import { getSocketUser } from '../users/index.js';

const USER_ROOMS = 'user:';

/** The authenticated sockets of this server, in all namespaces that have any. */
export class SessionMembers {
  readonly #namespaces = new Set<Namespace>();

  add({ nsp }: Socket): void {
    this.#namespaces.add(nsp);
  }

  /** A socket is gone. Namespaces may be made and dropped at any time. */
  gone({ nsp }: Socket): void {
    if (nsp.sockets.size === 0) this.#namespaces.delete(nsp);
  }

  /**
   * Those whose end a command means, in all namespaces. They are looked for one by one: a socket that the application has taken
   * out of its user's room must not escape.
   *
   * @param members as of {@link membersIn}
   */
  named(members: string): Socket[] {
    const isUser = members.startsWith(USER_ROOMS);
    return this.all().filter((socket) => (isUser ? ownRoomOf(socket) : socket.id) === members);
  }

  all(): Socket[] {
    return [...this.#namespaces].flatMap(({ sockets }) => [...sockets.values()].filter(getSocketUser));
  }
}

/**
 * The sockets of a namespace that a command means.
 *
 * @param members a user's own room: the user's sockets, and not others who were let into that room; or the id of a socket: that
 *   one, and not others in a room of that name
 */
export function membersIn({ adapter, sockets }: Namespace, members: string): Socket[] {
  const isUser = members.startsWith(USER_ROOMS);
  const ids = isUser ? (adapter.rooms.get(members) ?? []) : [members];
  const found = [...ids].map((id) => sockets.get(id)).filter((socket) => socket !== undefined);
  return isUser ? found.filter((socket) => ownRoomOf(socket) === members) : found;
}

function ownRoomOf(socket: Socket): string | undefined {
  const user = getSocketUser(socket);
  return user && userRoom(user.id);
}
