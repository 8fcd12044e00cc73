import type { ConnectAuth, RoomReadiness } from '../contract/index.js';
import { ClientRoom } from './client-room.js';

/** How many rooms may be named when connecting; the others are joined afterwards. */
const MAX_ROOMS_AT_ONCE = 100;

/** The rooms that a client is in or wants to be in. */
export class RoomBook {
  readonly #rooms = new Map<string, ClientRoom>();
  readonly #advanced: () => void;

  /** @param advanced is called when a position has changed */
  constructor(advanced: () => void) {
    this.#advanced = advanced;
  }

  /** Rooms with a position that was kept, and rooms that are wanted. */
  restore(positions: Readonly<Record<string, string>>, rooms: readonly string[]): void {
    for (const [room, position] of Object.entries(positions)) this.add(room, position).isKept = true;
    for (const room of rooms) this.add(room).isKept = true;
  }

  get(name: string): ClientRoom | undefined {
    return this.#rooms.get(name);
  }

  /** The room, which is new if it was not there; only then the position is its own. */
  add(name: string, position?: string): ClientRoom {
    const room = this.#rooms.get(name) ?? new ClientRoom(position, this.#advanced);
    this.#rooms.set(name, room);
    return room;
  }

  forget(name: string): void {
    this.#rooms.get(name)?.stop();
    if (this.#rooms.delete(name)) this.#advanced();
  }

  /** How far each room has been handled. */
  positions(): Record<string, string> {
    const known = [...this.#rooms].map(([name, { position }]) => [name, position] as const);
    return Object.fromEntries(known.filter((one): one is [string, string] => one[1] !== undefined));
  }

  /** How many durable events wait for a handler. */
  waitingCount(): number {
    return [...this.#rooms.values()].reduce((sum, { waitingCount }) => sum + waitingCount, 0);
  }

  /** Whether events of this name come again on the next connection only. */
  hasDeclined(event: string): boolean {
    return [...this.#rooms.values()].some((room) => room.hasDeclined(event));
  }

  /** What a new connection begins with. A room with a rewind of its own is joined afterwards. */
  connectAuth(): Pick<ConnectAuth, 'rooms' | 'positions' | 'roomTokens'> {
    const rooms: string[] = [];
    const positions: [string, string][] = [];
    const tokens: [string, string][] = [];
    for (const room of this.#rooms.values()) room.reconnect();
    for (const [name, room] of this.wanted().slice(0, MAX_ROOMS_AT_ONCE)) {
      if (room.token !== undefined) tokens.push([name, room.token]);
      if (room.arrived !== undefined) positions.push([name, room.arrived]);
      else if (room.rewind === undefined) rooms.push(name);
    }
    return {
      rooms,
      positions: Object.fromEntries(positions),
      ...(tokens[0] && { roomTokens: Object.fromEntries(tokens) }),
    };
  }

  /** The rooms that are to be joined. */
  wanted(): [string, ClientRoom][] {
    return [...this.#rooms].filter(([, { isLeaving }]) => !isLeaving);
  }

  /** There is a new handler. */
  run(): void {
    for (const room of this.#rooms.values()) room.run();
  }

  /** Nothing is handed over any more. */
  stop(): void {
    for (const room of this.#rooms.values()) room.stop();
  }

  /**
   * The connection is another user's: what is known counts no more. Rooms that this user is in as well go on where the
   * server says; what has been shown of them is not shown again.
   */
  changeUser(rooms: readonly RoomReadiness[]): void {
    const joined = new Map(rooms.flatMap((one) => (one.ok ? [[one.room, one.position] as const] : [])));
    for (const [name, room] of [...this.#rooms]) {
      const position = joined.get(name);
      if (position) room.restartAt(position);
      else if (!joined.has(name)) this.forget(name);
    }
  }
}
