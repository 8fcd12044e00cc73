import type { Socket } from 'socket.io';
import type {
  ReadyMessage,
  RefreshReply,
  Reply,
  RequestRefusalCode,
  RoomReadiness,
} from '../../contract/index.js';
import { userRoom } from '../../names/index.js';
import type { CauseLog } from '../../logging/index.js';
import { messageOf } from '../auth/index.js';
import { getSocketUser, type AuthenticatedUser } from '../users/index.js';
import type { LimitReport, RequestChecks, ResolvedLimits } from '../limits/index.js';
import { tellClient } from '../tell-client.js';
import type { AskedRooms } from './asked-rooms.js';
import { ownProperty, roomIn, startFrom } from './attach-request.js';
import type { JobAdmission } from './job-admission.js';
import { connectRooms, type ConnectRoom } from './connect-rooms.js';
import { RequestTurns } from './request-turns.js';
import type { RoomAdmission } from './room-admission.js';
import type { RoomEntry, TellLater } from './room-entry.js';

export interface GatewayRoomsSettings {
  readonly admission: RoomAdmission;
  readonly jobs: JobAdmission;
  readonly entry: RoomEntry;
  readonly asked: AskedRooms;
  readonly causes: CauseLog;
  readonly limits: ResolvedLimits;
  readonly report: LimitReport;
  readonly checks: RequestChecks;
}

/** What the clients of the gateway's namespace are told and may ask about rooms. */
export class GatewayRooms {
  readonly #admission: RoomAdmission;
  readonly #jobs: JobAdmission;
  readonly #entry: RoomEntry;
  readonly #asked: AskedRooms;
  readonly #causes: CauseLog;
  readonly #limits: ResolvedLimits;
  readonly #report: LimitReport;
  readonly #checks: RequestChecks;

  /** Of sockets that have made a request: most never do, and there are many sockets. */
  readonly #turns = new WeakMap<Socket, RequestTurns>();

  // Two functions for all sockets, which Socket.IO calls with the socket as `this`: closures for each would be most of
  // what an idle connection costs beyond a plain one.
  readonly #onJoin = listener((socket, sent) => this.#take(socket, () => this.#join(socket, sent[0]), sent));
  readonly #onLeave = listener((socket, sent) =>
    this.#take(socket, () => this.#leave(socket, sent[0]), sent),
  );

  constructor({ admission, jobs, entry, asked, causes, limits, report, checks }: GatewayRoomsSettings) {
    this.#admission = admission;
    this.#jobs = jobs;
    this.#entry = entry;
    this.#asked = asked;
    this.#causes = causes;
    this.#limits = limits;
    this.#report = report;
    this.#checks = checks;
  }

  /**
   * Puts a new socket into the rooms that it is in from the start, and into those that it asks for and may be in; tells
   * it `gateway:ready` when it has what it missed in them.
   */
  welcome(socket: Socket, user: AuthenticatedUser): void {
    const own = this.#admission.roomsOf(user);
    const wanted = connectRooms(socket.handshake.auth, user.id, own, this.#limits.roomsPerSocket);
    this.#enterAll(socket, user, wanted).catch((error: unknown) => this.#reportFailure(error));
    this.#entry.adopt(socket);
  }

  /**
   * From now on answers `gateway:join` and `gateway:leave` of a socket. Both are bound by `socket.on`: the guards, pipes and
   * interceptors that an application puts on everything do not reach them.
   */
  listen(socket: Socket): void {
    socket.on('gateway:join', this.#onJoin);
    socket.on('gateway:leave', this.#onLeave);
  }

  /**
   * The socket has another token: takes it out of the rooms that its client asked for and that are not allowed any more, and
   * tells it so. In default rooms, and where the application has put it, it stays.
   */
  async reconsider(socket: Socket, user: AuthenticatedUser): Promise<void> {
    const own = this.#admission.roomsOf(user);
    const asked = this.#asked.of(socket).filter((room) => !own.includes(room));
    await Promise.all(asked.map((room) => this.#reconsider(socket, room)));
  }

  async #reconsider(socket: Socket, room: string): Promise<void> {
    const verdict = await this.#admission.mayJoin(socket, room);
    // It may have left meanwhile, or been put into it by the application.
    if (verdict === true || !this.#asked.has(socket, room)) return;
    await socket.leave(room);
    tellClient(socket, 'gateway:room', { room, ok: false, code: verdict } satisfies RoomReadiness);
  }

  /** Carries out another request of a client's in its turn among those about rooms. */
  inTurn(socket: Socket, answer: () => Promise<RefreshReply>, sent: unknown[]): void {
    this.#take(socket, answer, sent);
  }

  async #enterAll(socket: Socket, user: AuthenticatedUser, wanted: readonly ConnectRoom[]): Promise<void> {
    const own = this.#admission.roomsOf(user).length;
    const pending: TellLater[] = [];
    const entered = await Promise.all(
      wanted.map((one, index) => this.#enter(socket, one, { isOwn: index < own, pending })),
    );
    if (!socket.connected) return;
    const rooms = entered.map((one) => (one.ok ? this.#entry.refreshed(socket, one) : one));
    tellClient(socket, 'gateway:ready', { userId: user.id, rooms } satisfies ReadyMessage);
    for (const tellLater of pending) this.#tell(tellLater);
  }

  async #enter(
    socket: Socket,
    wanted: ConnectRoom,
    { isOwn, pending }: { isOwn: boolean; pending: TellLater[] },
  ): Promise<RoomReadiness> {
    const { room } = wanted;
    if ('code' in wanted) {
      if (wanted.code === 'TOO_MANY_ROOMS') this.#report.refused('rooms');
      return { room, ok: false, code: wanted.code };
    }
    if (!isOwn) {
      this.#entry.consider(socket, room);
      const verdict = await this.#admit(socket, room, wanted.token);
      if (verdict !== true) {
        await this.#entry.refuse(socket, room);
        return { room, ok: false, code: verdict };
      }
      if (!socket.connected) return { room, ok: false, code: 'UNAVAILABLE' };
    }
    const { now, tellLater } = await this.#entry.enter(socket, room, wanted.start);
    if (tellLater) pending.push(tellLater);
    if (!now) return { room, ok: false, code: 'UNAVAILABLE' };
    if (!wanted.isPositionInvalid) return now;
    return { ...now, recovered: now.pending ? null : false, code: 'INVALID_POSITION' };
  }

  #take(socket: Socket, answer: () => Promise<Reply | RefreshReply>, sent: unknown[]): void {
    let turns = this.#turns.get(socket);
    if (!turns) {
      turns = new RequestTurns(
        this.#limits.joinsInFlight,
        (error) => this.#reportFailure(error),
        () => this.#report.refused('joins'),
      );
      this.#turns.set(socket, turns);
    }
    turns.take(answer, acknowledgementIn(sent));
  }

  async #join(socket: Socket, request: unknown): Promise<Reply> {
    const room = roomIn(request);
    if (room === undefined) return refused('INVALID_ROOM');
    const start = startFrom(ownProperty(request, 'position'), ownProperty(request, 'rewind'));
    if (typeof start === 'string') return refused(start);
    if (!this.#asked.mayAsk(socket, room)) {
      this.#report.refused('rooms');
      return refused('TOO_MANY_ROOMS');
    }
    if (!this.#checks.allows(socket)) return refused('RATE_LIMITED');
    this.#entry.consider(socket, room);
    const verdict = await this.#admit(socket, room, ownProperty(request, 'token'));
    if (verdict !== true) {
      await this.#entry.refuse(socket, room);
      this.#checks.count(socket);
      return refused(verdict);
    }
    // The socket may have gone meanwhile, and then nobody would ever take it out of the room again.
    if (!socket.connected) return refused('UNAVAILABLE');
    const { now, tellLater } = await this.#entry.enter(socket, room, start);
    // The answer goes out in this tick.
    if (tellLater) setImmediate(() => this.#tell(tellLater));
    return now ?? refused('UNAVAILABLE');
  }

  /** By what speaks for a job's room, whatever token the socket has later; or by the admission, for as long as it says so. */
  async #admit(socket: Socket, room: string, jobToken: unknown): Promise<true | RequestRefusalCode> {
    const job = await this.#jobs.admit(getSocketUser(socket), room, jobToken);
    if (job === true) {
      this.#asked.add(socket, room, 'room');
      return true;
    }
    const verdict = await this.#admission.mayJoin(socket, room);
    if (verdict === true) this.#asked.add(socket, room, 'user');
    return verdict === 'ROOM_FORBIDDEN' ? (job ?? verdict) : verdict;
  }

  async #leave(socket: Socket, request: unknown): Promise<Reply> {
    const room = roomIn(request);
    if (room === undefined) return refused('INVALID_ROOM');
    // Without them neither the user's events nor those for this one socket would arrive any more.
    if (room === socket.id || room === ownRoomOf(socket)) return refused('ROOM_FORBIDDEN');
    await socket.leave(room);
    return { ok: true, room };
  }

  #tell(later: TellLater): void {
    later().catch((error: unknown) => this.#reportFailure(error));
  }

  #reportFailure(error: unknown): void {
    this.#causes.error('request-failed', `A request of a client could not be answered: ${messageOf(error)}`);
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
function acknowledgementIn(sent: unknown[]): ((reply: Reply | RefreshReply) => void) | undefined {
  const last = sent.at(-1);
  return typeof last === 'function' ? (last as (reply: Reply | RefreshReply) => void) : undefined;
}

function refused(code: RequestRefusalCode): Reply {
  return { ok: false, code };
}
