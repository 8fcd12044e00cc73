import { io, type Socket } from 'socket.io-client';
import { waitFor } from '../wait-for.js';

/** What the events of these tests say: the room that they were emitted to. */
export interface Secret {
  readonly room: string;
  readonly n: number;
}

/** The names of a user's token, each exactly or by a trailing `*`; the rules of the default authorizer, told once more. */
export function allows(claims: readonly string[], room: string): boolean {
  return claims.some((claim) => {
    const name = claim.normalize('NFC');
    if (name === room) return true;
    if (!name.endsWith('*')) return false;
    const isForUsers = name.startsWith('user:') || !room.startsWith('user:');
    return isForUsers && !room.startsWith('socket:') && room.startsWith(name.slice(0, -1));
  });
}

/**
 * A client, and the rooms whose events it may be shown at this moment. Everything that arrives is held against that at once:
 * what a server has sent before an acknowledgement arrives before it.
 */
export class Eavesdropper {
  readonly socket: Socket;
  readonly violations: string[] = [];
  /** Rooms that it asked for, as far as requests were accepted, and rooms that the application has put it into. */
  readonly asked = new Set<string>();
  readonly put = new Set<string>();
  readonly seen = new Set<number>();
  #isReady = false;
  #isOver = false;
  #permitted = new Set<string>();

  constructor(
    url: string,
    readonly userId: string,
    public claims: readonly string[],
    readonly jti: number,
    auth: object,
  ) {
    this.socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, auth });
    this.socket.on('gateway:ready', () => (this.#isReady = true));
    for (const end of ['disconnect', 'connect_error']) this.socket.on(end, () => (this.#isOver = true));
    this.socket.onAny((name: string, data: unknown, meta?: { room?: string }) => {
      if (name.startsWith('gateway:')) return;
      const { room, n } = data as Secret;
      this.seen.add(n);
      if (name === 'marker') return;
      if (!this.#permitted.has(room) && room !== this.socket.id)
        this.violations.push(`${userId} heard ${name} ${n} of '${room}'`);
      if (meta && meta.room !== room) this.violations.push(`${n} of '${room}' came as of '${meta.room}'`);
    });
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  /** The rooms that it may be in, by its token and by the application. */
  rooms(defaultRooms: readonly string[]): string[] {
    const asked = [...this.asked].filter((room) => allows(this.claims, room));
    return [`user:${this.userId}`, ...defaultRooms, ...asked, ...this.put];
  }

  permit(rooms: Iterable<string>): void {
    this.#permitted = new Set(rooms);
  }

  /** Resolves when it is let in, or refused. */
  async decided(): Promise<void> {
    await waitFor('a decision', () => this.#isReady || this.#isOver);
  }

  /** A request; undefined when the connection has ended. */
  async request(event: string, sent: object): Promise<{ ok: boolean } | undefined> {
    if (!this.socket.connected) return undefined;
    const ended = new Promise<undefined>((resolve) =>
      this.socket.once('disconnect', () => resolve(undefined)),
    );
    return Promise.race([this.socket.emitWithAck(event, sent) as Promise<{ ok: boolean }>, ended]);
  }

  stop(): void {
    this.socket.disconnect();
  }
}
