import type { Socket } from 'socket.io';
import {
  normaliseRoom,
  userRoom,
  type Reply,
  type RequestRefusalCode,
  type RoomReadiness,
} from '../../contract/index.js';
import type { CauseLog } from '../../logging/index.js';
import { messageOf, type AuthenticatedUser } from '../auth/index.js';
import type { RoomAuthorizer } from './room-authorizer.js';

/** How many requests of one socket may wait for their turn; more are refused at once. */
const MAX_WAITING_REQUESTS = 100;

/**
 * Which rooms the sockets of users are in: the user's own and the default ones from the start, others when the client
 * asks for them and the authorizer agrees. Requests of one socket are carried out in the order in which they came:
 * a join that waits for the authorizer must not undo the leave that was sent after it.
 */
export class RoomAdmission {
  readonly #authorizer: RoomAuthorizer;
  readonly #defaultRooms: readonly string[];
  readonly #causes: CauseLog;

  constructor(authorizer: RoomAuthorizer, defaultRooms: readonly string[], causes: CauseLog) {
    this.#authorizer = authorizer;
    this.#defaultRooms = defaultRooms;
    this.#causes = causes;
  }

  /** Puts a new socket into the rooms that it is in from the start. */
  welcome(socket: Socket, user: AuthenticatedUser): RoomReadiness[] {
    const rooms = [...new Set([userRoom(user.id), ...this.#defaultRooms])];
    void socket.join(rooms);
    return rooms.map((room) => ({ room, ok: true }));
  }

  /**
   * Answers `gateway:join` and `gateway:leave` of a socket. Bound by `socket.on`: the guards, pipes and interceptors
   * that an application puts on everything do not reach it.
   */
  serve(socket: Socket, user: AuthenticatedUser): void {
    let last: Promise<unknown> = Promise.resolve();
    let waitingCount = 0;
    const inTurn =
      (answer: (request: unknown) => Promise<Reply>) =>
      (request: unknown, ...rest: unknown[]) => {
        const acknowledge = [request, ...rest].find((argument) => typeof argument === 'function') as
          ((reply: Reply) => void) | undefined;
        if (waitingCount >= MAX_WAITING_REQUESTS) {
          acknowledge?.(refused('UNAVAILABLE'));
          return;
        }
        waitingCount++;
        last = last
          .then(() => answer(request))
          .then((reply) => acknowledge?.(reply))
          .finally(() => waitingCount--);
      };
    socket.on(
      'gateway:join',
      inTurn((request) => this.#join(socket, user, request)),
    );
    socket.on(
      'gateway:leave',
      inTurn((request) => this.#leave(socket, user, request)),
    );
  }

  async #join(socket: Socket, user: AuthenticatedUser, request: unknown): Promise<Reply> {
    const room = roomOf(request);
    if (room === undefined) return refused('INVALID_ROOM');
    const verdict = await this.#mayJoin(socket, user, room);
    if (verdict !== true) return refused(verdict);
    // The socket may have gone meanwhile, and then nobody would ever take it out of the room again.
    if (!socket.connected) return refused('UNAVAILABLE');
    await socket.join(room);
    return { ok: true, room };
  }

  async #leave(socket: Socket, user: AuthenticatedUser, request: unknown): Promise<Reply> {
    const room = roomOf(request);
    if (room === undefined) return refused('INVALID_ROOM');
    // Without them neither the user's events nor those for this one socket would arrive any more.
    if (room === userRoom(user.id) || room === socket.id) return refused('ROOM_FORBIDDEN');
    await socket.leave(room);
    return { ok: true, room };
  }

  async #mayJoin(socket: Socket, user: AuthenticatedUser, room: string): Promise<true | RequestRefusalCode> {
    if (room === userRoom(user.id)) return true;
    // Every socket is in a room named after itself; whoever joined it would hear what is meant for that socket.
    if (socket.nsp.sockets.has(room)) return 'ROOM_FORBIDDEN';
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

function roomOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null || !Object.hasOwn(request, 'room')) return undefined;
  try {
    return normaliseRoom((request as { room: unknown }).room);
  } catch {
    return undefined;
  }
}

function refused(code: RequestRefusalCode): Reply {
  return { ok: false, code };
}
