import type { Socket } from 'socket.io';
import type { RequestRefusalCode } from '../../contract/index.js';
import { userRoom } from '../../names/index.js';
import type { CauseLog } from '../../logging/index.js';
import { messageOf } from '../auth/index.js';
import { getSocketUser, type AuthenticatedUser } from '../users/index.js';
import { isOwnRoomOfSocket } from './own-socket-rooms.js';
import type { RoomAuthorizer } from './room-authorizer.js';

/** Which rooms the sockets of a user may be in: the user's own, the default ones, and what the authorizer allows. */
export class RoomAdmission {
  readonly #authorizer: RoomAuthorizer;
  readonly #defaultRooms: readonly string[];
  readonly #causes: CauseLog;

  constructor(authorizer: RoomAuthorizer, defaultRooms: readonly string[], causes: CauseLog) {
    this.#authorizer = authorizer;
    this.#defaultRooms = defaultRooms;
    this.#causes = causes;
  }

  /** The rooms that every socket of a user is in from the start. */
  roomsOf(user: AuthenticatedUser): string[] {
    return [...new Set([userRoom(user.id), ...this.#defaultRooms])];
  }

  /** Whether a client may join a room, by the token that it has when that is decided; if not, why. */
  async mayJoin(socket: Socket, room: string): Promise<true | RequestRefusalCode> {
    for (;;) {
      const user = getSocketUser(socket);
      if (!user) return 'ROOM_FORBIDDEN';
      const verdict = await this.#mayJoin(socket, user, room);
      // Otherwise it has sent another token meanwhile, by which it may be the other way round.
      if (getSocketUser(socket) === user) return verdict;
    }
  }

  async #mayJoin(socket: Socket, user: AuthenticatedUser, room: string): Promise<true | RequestRefusalCode> {
    if (room === userRoom(user.id)) return true;
    // Every socket is in a room named after itself; whoever joined it would hear what is meant for that socket.
    if (isOwnRoomOfSocket(room) || socket.nsp.sockets.has(room)) return 'ROOM_FORBIDDEN';
    try {
      return (await this.#authorizer.mayJoin(user, room)) || 'ROOM_FORBIDDEN';
    } catch (error) {
      this.#causes.error(
        'authorizer-failed',
        `The room authorizer failed, and a join was refused: ${messageOf(error)}`,
      );
      return 'UNAVAILABLE';
    }
  }
}
