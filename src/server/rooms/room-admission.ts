import type { Socket } from 'socket.io';
import type { Reply, RequestRefusalCode, RoomReadiness } from '../../contract/index.js';
import { normaliseRoom, userRoom } from '../../names/index.js';
import type { CauseLog } from '../../logging/index.js';
import { messageOf, type AuthenticatedUser } from '../auth/index.js';
import { RequestTurns } from './request-turns.js';
import type { RoomAuthorizer } from './room-authorizer.js';

/**
 * Which rooms the sockets of users are in: the user's own and the default ones from the start, others when the client
 * asks for them and the authorizer agrees.
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
    // Made at the first request: most sockets never make one, and there are many sockets.
    let turns: RequestTurns | undefined;
    const take = (request: 'join' | 'leave', sent: unknown[]): void => {
      turns ??= new RequestTurns((error) => this.#reportFailure(error));
      const answer = (): Promise<Reply> =>
        request === 'join' ? this.#join(socket, user, sent[0]) : this.#leave(socket, user, sent[0]);
      turns.take(answer, acknowledgementIn(sent));
    };
    socket.on('gateway:join', (...sent: unknown[]) => take('join', sent));
    socket.on('gateway:leave', (...sent: unknown[]) => take('leave', sent));
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

  #reportFailure(error: unknown): void {
    this.#causes.error('request-failed', `A request of a client could not be answered: ${messageOf(error)}`);
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

/** The client's callback: the last argument, when it asked for an answer. */
function acknowledgementIn(sent: unknown[]): ((reply: Reply) => void) | undefined {
  const last = sent.at(-1);
  return typeof last === 'function' ? (last as (reply: Reply) => void) : undefined;
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
