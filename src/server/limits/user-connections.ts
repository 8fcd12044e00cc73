import { Allowance, type Rate } from './allowance.js';
import type { EngineConnection } from './engine-connection.js';
import { Remembered } from './remembered.js';
import { Sender } from './sender.js';

/** A user who has connections to this server, or had some a moment ago: what they sent counts for those that follow. */
export class ConnectedUser {
  readonly id: string;
  /** By all of them together. */
  readonly sent: Sender;
  readonly handshakes: Allowance;
  /** This one and no other, for all who have one. */
  readonly alone: readonly ConnectedUser[] = [this];
  /** The oldest first. */
  readonly connections = new Set<EngineConnection>();
  /** Until then new connections are refused. */
  refusedUntilMs = 0;

  constructor(id: string, rates: { readonly bytes: Rate; readonly handshakes: Rate }) {
    this.id = id;
    this.sent = new Sender(rates.bytes);
    this.handshakes = new Allowance(rates.handshakes);
  }

  get isIdle(): boolean {
    const now = performance.now();
    return (
      this.connections.size === 0 &&
      this.refusedUntilMs <= now &&
      this.sent.isSilent(now) &&
      this.handshakes.isFull(now)
    );
  }
}

/** What comes of a connection that has turned out to be a user's. */
export type AddedConnection =
  | { readonly user: ConnectedUser; readonly displaced?: EngineConnection | undefined }
  | { readonly refused: 'connections' }
  | { readonly refused: 'flood' | 'handshakes'; readonly retryAfterMs: number };

export interface UserConnectionsSettings {
  readonly max: number;
  /** Who stays when there is one too many. */
  readonly keeps: 'newest' | 'oldest';
  readonly bytes: Rate;
  readonly handshakes: Rate;
}

/** Who is connected to this server, and how often. */
export class UserConnections {
  readonly #settings: UserConnectionsSettings;
  readonly #users: Remembered<ConnectedUser>;

  constructor(settings: UserConnectionsSettings) {
    this.#settings = settings;
    this.#users = new Remembered(
      (id) => new ConnectedUser(id, settings),
      (user) => user.isIdle,
    );
  }

  /** @returns whose connection it is now, and which one must go for it; or why it cannot be */
  add(connection: EngineConnection, id: string): AddedConnection {
    const user = this.#users.of(id);
    const { connections, handshakes } = user;
    const now = performance.now();
    const retryAfterMs = Math.ceil(user.refusedUntilMs - now);
    if (retryAfterMs > 0) return { refused: 'flood', retryAfterMs };
    const waitMs = Math.ceil(handshakes.waitMs(now));
    if (waitMs > 0) return { refused: 'handshakes', retryAfterMs: waitMs };
    handshakes.take(1, now);
    if (connections.has(connection)) return { user };
    const isFull = connections.size >= this.#settings.max;
    if (isFull && this.#settings.keeps === 'oldest') return { refused: 'connections' };
    const [oldest] = connections;
    connections.add(connection);
    if (!isFull || !oldest) return { user };
    connections.delete(oldest);
    return { user, displaced: oldest };
  }
}
