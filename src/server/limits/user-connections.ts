import type { EngineConnection } from './engine-connection.js';
import { EventRate } from './event-rate.js';

/** A user with at least one connection to this server. */
export class ConnectedUser {
  readonly id: string;
  readonly rate = new EventRate();
  /** The oldest first. */
  readonly connections = new Set<EngineConnection>();

  constructor(id: string) {
    this.id = id;
  }
}

/** Who is connected to this server, and how often. */
export class UserConnections {
  readonly #users = new Map<string, ConnectedUser>();
  readonly #max: number;
  readonly #keeps: 'newest' | 'oldest';

  /** @param keeps who stays when there is one too many */
  constructor(max: number, keeps: 'newest' | 'oldest') {
    this.#max = max;
    this.#keeps = keeps;
  }

  /**
   * A connection has turned out to be this user's.
   *
   * @returns whose connection it is now, and which one must go for it; undefined when it is one too many itself
   */
  add(
    connection: EngineConnection,
    id: string,
  ): { user: ConnectedUser; displaced?: EngineConnection | undefined } | undefined {
    const user = this.#users.get(id) ?? new ConnectedUser(id);
    const { connections } = user;
    if (connections.has(connection)) return { user };
    const isFull = connections.size >= this.#max;
    if (isFull && this.#keeps === 'oldest') return undefined;
    this.#users.set(id, user);
    const [oldest] = connections;
    connections.add(connection);
    if (!isFull || !oldest) return { user };
    connections.delete(oldest);
    return { user, displaced: oldest };
  }

  remove(connection: EngineConnection, user: ConnectedUser): void {
    user.connections.delete(connection);
    if (user.connections.size === 0 && this.#users.get(user.id) === user) this.#users.delete(user.id);
  }
}
