import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { signToken } from './sign-token.js';
import { waitFor } from './wait-for.js';

/** One event as it arrived. */
export interface ReceivedEvent {
  name: string;
  args: unknown[];
}

/** A browser's connection, which keeps everything that arrives on it. */
export class TestClient {
  readonly socket: Socket;
  readonly events: ReceivedEvent[] = [];
  readonly refusals: (Error & { data?: unknown })[] = [];
  disconnectCount = 0;

  constructor(url: string, options: Partial<ManagerOptions & SocketOptions>) {
    this.socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, ...options });
    this.socket.onAny((name: string, ...args: unknown[]) => this.events.push({ name, args }));
    this.socket.on('connect_error', (error) => this.refusals.push(error));
    this.socket.on('disconnect', () => this.disconnectCount++);
  }

  /** The first arguments of all events of this name that have arrived. */
  payloads(name: string): unknown[] {
    return this.events.filter((event) => event.name === name).map(({ args }) => args[0]);
  }

  /** Resolves when `count` events of this name have arrived, with their first arguments. */
  async received(name: string, count = 1, deadlineMs = 5000): Promise<unknown[]> {
    await waitFor(
      `${count} '${name}' at ${this.socket.id}`,
      () => this.payloads(name).length >= count,
      deadlineMs,
    );
    return this.payloads(name);
  }

  /** The error with which the server refused the connection. */
  refused(): Promise<Error & { data?: unknown }> {
    return waitFor('a refusal', () => {
      if (this.socket.connected) throw new Error('The connection was accepted.');
      return this.refusals[0];
    });
  }

  stop(): void {
    this.socket.disconnect();
  }
}

/** Connects as a user, and resolves when the server has said `gateway:ready`. */
export async function connectClient(
  url: string,
  userId: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<TestClient> {
  const client = new TestClient(url, { auth: { token: signToken(userId) }, ...options });
  await waitFor(`${userId} to be connected`, () => {
    const [refusal] = client.refusals;
    if (refusal && !client.socket.active) throw refusal;
    return client.payloads('gateway:ready').length > 0;
  }).catch((error: unknown) => {
    client.stop();
    throw error;
  });
  return client;
}
