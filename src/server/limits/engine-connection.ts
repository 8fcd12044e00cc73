import type { Socket } from 'socket.io';

/** A packet that waits in the engine. */
export interface WaitingPacket {
  readonly data?: { readonly length?: number };
}

/** What is used of the HTTP request that a connection began with. */
export interface ClientRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The bytes of a connection, as they come in. */
export interface ByteStream {
  on?(event: 'data', listener: (this: ByteStream, bytes: { readonly length: number }) => void): unknown;
}

/** What is used of a connection of `ws`. */
export interface WebSocketConnection {
  readonly bufferedAmount?: number;
  readonly readyState?: number;
  /** Not there with other implementations of WebSocket. */
  readonly _socket?: ByteStream | null;
  pause?(): void;
  resume?(): void;
  terminate?(): void;
}

/** A packet of Engine.IO that has come in. */
export interface EnginePacket {
  /** `message`, or what the engine itself is told: `ping`, `pong`, … */
  readonly type: string;
  readonly data?: unknown;
}

/** What is used of a transport. */
export interface EngineTransport {
  readonly writable: boolean;
  /** Of the websocket transport. */
  readonly socket?: WebSocketConnection;
  on(event: 'packet', listener: (this: EngineTransport, packet: EnginePacket) => void): unknown;
  off(event: 'packet', listener: (this: EngineTransport, packet: EnginePacket) => void): unknown;
  listeners(event: 'packet'): ((packet: EnginePacket) => void)[];
}

/** What is used of a connection of Engine.IO: the one that all namespaces of a client share. */
export interface EngineConnection {
  readonly readyState: string;
  readonly request: ClientRequest;
  readonly writeBuffer: readonly WaitingPacket[];
  readonly transport: EngineTransport;
  on(event: string, listener: (this: EngineConnection, ...args: never[]) => void): unknown;
  write(packet: string): unknown;
  close(discard?: boolean): void;
  onClose(reason: string): void;
}

/** The connection of a socket. */
export function connectionOf({ conn }: Socket): EngineConnection {
  return conn as unknown as EngineConnection;
}

/** What `ws` calls a connection that is gone. */
const CLOSED = 3;

/** A connection is being closed. Who does not answer that is cut off: `ws` alone would wait for 30 s. */
export function hangUpWithin({ transport: { socket } }: EngineConnection, ms: number): void {
  if (!socket?.terminate || socket.readyState === CLOSED) return;
  setTimeout(() => socket.terminate?.(), ms).unref();
}

/** Ends a connection without waiting for what it has not been sent: nobody reads it. */
export function cutOff(connection: EngineConnection, reason: string): void {
  const { socket } = connection.transport;
  try {
    connection.onClose(reason);
  } finally {
    // Closing would wait until what has been written before is read.
    socket?.terminate?.();
  }
}

/**
 * Whether a connection was closed for the size of a packet, by the cause that the websocket transport reports: `ws` says no more than
 * this, and the engine puts it into an error of its own.
 */
export function isTooLarge(cause: unknown): boolean {
  const { message } = (cause ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message.includes('Max payload size exceeded');
}
