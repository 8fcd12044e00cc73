import type { Rewind, RoomJoined, RoomReadiness } from '../contract/index.js';
import { Backoff } from './backoff.js';
import { GatewayClientError, type ClientErrorCode } from './client-error.js';
import type { ClientRoom } from './client-room.js';
import type { Connection } from './connection.js';
import type { JoinOptions } from './gateway-client.js';
import type { Report } from './report.js';
import type { RoomBook } from './room-book.js';
import { TRIED_AGAIN } from './tried-again.js';
import { Waiting } from './waiting.js';

/** Joins rooms and leaves them, and keeps to what the server has decided. */
export class Memberships {
  readonly #book: RoomBook;
  readonly #connection: Connection;
  readonly #rewind: Rewind | undefined;
  readonly #report: Report;
  readonly #joins = new Waiting<RoomJoined>();
  readonly #leaves = new Waiting<undefined>();
  readonly #undecided = new Set<string>();
  readonly #backoff = new Backoff();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(book: RoomBook, connection: Connection, rewind: Rewind | undefined, report: Report) {
    this.#book = book;
    this.#connection = connection;
    this.#rewind = rewind;
    this.#report = report;
  }

  join(name: string, { position, rewind, token }: JoinOptions): Promise<RoomJoined> {
    if (!this.#book.get(name)) this.#book.add(name, position).rewind = rewind;
    const room = this.#book.add(name);
    room.isLeaving = false;
    // Whatever the server answers to that: this is asked after it.
    this.#leaves.resolve(name, undefined);
    room.token = token ?? room.token;
    const joined = this.#joins.wait(name);
    if (this.#connection.state === 'ready') this.#requestJoin(name, room);
    return joined;
  }

  leave(name: string): Promise<unknown> {
    this.#joins.reject(name, errorOf('CLOSED', name, 'was left'));
    const left = this.#leaves.wait(name);
    const { state } = this.#connection;
    if (state === 'ready' || state === 'connecting') {
      // On its way to be ready the server may have been asked for it already.
      this.#book.add(name).isLeaving = true;
      if (state === 'ready') this.#requestLeave(name);
    } else this.#left(name);
    return left;
  }

  /** The server has decided about the rooms that it was asked for in the beginning; the others follow. */
  ready(rooms: readonly RoomReadiness[]): void {
    this.#backoff.reset();
    for (const readiness of rooms) this.decided(readiness);
    const decided = new Set(rooms.map(({ room }) => room));
    for (const [name, room] of this.#book.wanted()) if (!decided.has(name)) this.#requestJoin(name, room);
    for (const name of this.#leaves.names()) this.#requestLeave(name);
  }

  /** The server has decided about a room. */
  decided(readiness: RoomReadiness): void {
    const { room: name } = readiness;
    this.#undecided.delete(name);
    if (!readiness.ok) return this.#refused(name, readiness.code);
    const room = this.#book.add(name);
    room.isKept = true;
    if (readiness.code) {
      this.#report(readiness.code, `Room '${name}' begins at the present: ${readiness.code}.`, {
        room: name,
      });
      if (readiness.position) room.restartAt(readiness.position);
    } else if (readiness.position) room.adopt(readiness.position);
    this.#joins.resolve(name, readiness);
  }

  /** Nothing that was asked is answered any more; a room that was to be left is. */
  disconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#undecided.clear();
    for (const name of this.#leaves.names()) this.#left(name);
  }

  close(): void {
    this.disconnected();
    for (const name of this.#joins.names()) {
      this.#joins.reject(name, errorOf('CLOSED', name, 'was not joined'));
    }
  }

  #requestJoin(name: string, room: ClientRoom): void {
    const rewind = room.rewind ?? this.#rewind;
    const from = room.arrived !== undefined ? { position: room.arrived } : { rewind };
    this.#connection.request('gateway:join', { room: name, token: room.token, ...from }, (reply) => {
      if (!this.#book.get(name)) return;
      this.decided('position' in reply || !reply.ok ? { ...reply, room: name } : justJoined(name));
    });
  }

  #requestLeave(name: string): void {
    this.#connection.request('gateway:leave', { room: name }, (reply) => {
      const room = this.#book.get(name);
      // It may have been joined again meanwhile.
      if (reply.ok && (room?.isLeaving ?? true)) return this.#left(name);
      if (room) room.isLeaving = false;
      if (!reply.ok) this.#leaves.reject(name, errorOf(reply.code, name, 'could not be left'));
    });
  }

  #refused(name: string, code: Exclude<RoomReadiness, { ok: true }>['code']): void {
    const isTriedAgain = TRIED_AGAIN.includes(code) && this.#book.get(name)?.isKept === true;
    const error = errorOf(code, name, isTriedAgain ? 'cannot be joined yet' : 'cannot be joined');
    if (!this.#joins.reject(name, error)) this.#report(code, error.message, { room: name });
    if (!isTriedAgain) return this.#book.forget(name);
    this.#undecided.add(name);
    this.#timer ??= setTimeout(() => this.#askAgain(), this.#backoff.nextMs());
  }

  #askAgain(): void {
    this.#timer = undefined;
    for (const name of this.#undecided) {
      const room = this.#book.get(name);
      if (room && !room.isLeaving) this.#requestJoin(name, room);
    }
  }

  #left(name: string): void {
    this.#undecided.delete(name);
    this.#book.forget(name);
    this.#leaves.resolve(name, undefined);
  }
}

function errorOf(code: ClientErrorCode, room: string, what: string): GatewayClientError {
  return new GatewayClientError(code, `Room '${room}' ${what}: ${code}.`, { room });
}

/** What a server that keeps nothing answers. */
function justJoined(room: string): RoomJoined {
  return { room, ok: true, position: null, recovered: null, replayed: 0 };
}
