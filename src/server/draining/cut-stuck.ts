import type { Server } from 'socket.io';

/** How long a client may take to answer that its connection is closed. */
const ANSWER_MS = 500;

/** The `ws` of a connection over WebSocket. */
interface WebSocketLike {
  readonly readyState: number;
  terminate(): void;
}

const CLOSED = 3;

/** A connection of Engine.IO, as far as it is needed here. */
export interface EngineConnection {
  readonly transport: { readonly name: string; readonly writable: boolean; readonly socket?: WebSocketLike };
  /** @param discard does not wait for what was not sent */
  close(discard?: boolean): void;
  once(event: 'close', listener: () => void): void;
}

/** The connections of a server at this moment. */
export function connectionsOf(io: Server): EngineConnection[] {
  return Object.values((io.engine as unknown as { clients: Record<string, EngineConnection> }).clients);
}

/**
 * Ends what does not end by itself. A connection over WebSocket that is closed waits 30 s for the answer of its client, who
 * may be asleep or cut off, and the end of the HTTP server waits for it.
 *
 * @param connections that are closed now; those over HTTP polling end with their request
 * @returns resolves when none is open any more, with how many were cut off
 */
export async function cutStuck(connections: readonly EngineConnection[]): Promise<number> {
  const sockets = connections
    .filter(({ transport }) => transport.name === 'websocket')
    .flatMap(({ transport }) => transport.socket ?? []);
  const deadline = performance.now() + ANSWER_MS;
  const isOpen = ({ readyState }: WebSocketLike): boolean => readyState !== CLOSED;
  while (sockets.some(isOpen) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const stuck = sockets.filter(isOpen);
  for (const socket of stuck) socket.terminate();
  return stuck.length;
}
