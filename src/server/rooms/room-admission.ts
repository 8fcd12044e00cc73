import type { Socket } from 'socket.io';
import type { Reply, RequestRefusalCode, RoomReadiness } from '../../contract/index.js';
import { normaliseRoom, userRoom } from '../../names/index.js';
import type { CauseLog } from '../../logging/index.js';
import { getSocketUser, messageOf, type AuthenticatedUser } from '../auth/index.js';
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

  /** Of sockets that have made a request: most never do, and there are many sockets. */
  readonly #turns = new WeakMap<Socket, RequestTurns>();

  // Two functions for all sockets, which Socket.IO calls with the socket as `this`: closures for each would be most of
  // what an idle connection costs beyond a plain one.
  readonly #onJoin = listener((socket, sent) => this.#take(socket, () => this.#join(socket, sent[0]), sent));
  readonly #onLeave = listener((socket, sent) =>
    this.#take(socket, () => this.#leave(socket, sent[0]), sent),
  );

  constructor(authorizer: RoomAuthorizer, defaultRooms: readonly string[], causes: CauseLog) {
    this.#authorizer = authorizer;
    this.#defaultRooms = defaultRooms;
    this.#causes = causes;
  }

  /** Puts a new socket into the rooms that it is in from the start. */
  welcome(socket: Socket, user: AuthenticatedUser): RoomReadiness[] {
    const rooms = [...new Set([userRoom(user.id), ...this.#defaultRooms])];
    void socket.join(rooms);
    return rooms.map((room) => ({ room, ok: true }) as RoomReadiness);
  }

  /**
   * Answers `gateway:join` and `gateway:leave` of a socket. Bound by `socket.on`: the guards, pipes and interceptors
   * that an application puts on everything do not reach it.
   */
  serve(socket: Socket): void {
    socket.on('gateway:join', this.#onJoin);
    socket.on('gateway:leave', this.#onLeave);
  }

  #take(socket: Socket, answer: () => Promise<Reply>, sent: unknown[]): void {
    let turns = this.#turns.get(socket);
    if (!turns) {
      turns = new RequestTurns((error) => this.#reportFailure(error));
      this.#turns.set(socket, turns);
    }
    turns.take(answer, acknowledgementIn(sent));
  }

  async #join(socket: Socket, request: unknown): Promise<Reply> {
    const room = roomOf(request);
    const user = getSocketUser(socket);
    if (room === undefined) return refused('INVALID_ROOM');
    if (!user) return refused('ROOM_FORBIDDEN');
    const verdict = await this.#mayJoin(socket, user, room);
    if (verdict !== true) return refused(verdict);
    // The socket may have gone meanwhile, and then nobody would ever take it out of the room again.
    if (!socket.connected) return refused('UNAVAILABLE');
    await socket.join(room);
    return { ok: true, room };
  }

  async #leave(socket: Socket, request: unknown): Promise<Reply> {
    const room = roomOf(request);
    if (room === undefined) return refused('INVALID_ROOM');
    // Without them neither the user's events nor those for this one socket would arrive any more.
    if (room === socket.id || room === ownRoomOf(socket)) return refused('ROOM_FORBIDDEN');
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

function listener(handle: (socket: Socket, sent: unknown[]) => void) {
  return function (this: Socket, ...sent: unknown[]): void {
    handle(this, sent);
  };
}

function ownRoomOf(socket: Socket): string | undefined {
  const user = getSocketUser(socket);
  return user && userRoom(user.id);
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
