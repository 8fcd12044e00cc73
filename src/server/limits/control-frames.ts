import type { Server } from 'socket.io';
import type { WebSocketConnection } from './engine-connection.js';
import { prepareWebSockets } from './websocket-servers.js';

/**
 * Tells of each frame that `ws` takes, and answers, by itself: pings and pongs. A class of websockets does it, because listeners to
 * both would double what the events of every idle connection take.
 *
 * @see https://github.com/websockets/ws/blob/master/doc/ws.md `WebSocket`, of the options of a server
 */
export function tellControlFrames(
  engine: Server['engine'],
  tell: (websocket: WebSocketConnection) => void,
): void {
  prepareWebSockets(engine, (options) => {
    const { WebSocket } = options;
    if (!WebSocket) return;
    options.WebSocket = class extends WebSocket {
      override emit(event: string, ...args: unknown[]): boolean {
        if (event === 'ping' || event === 'pong') tell(this as WebSocketConnection);
        return super.emit(event, ...args);
      }
    };
  });
}
