import type { Server } from 'socket.io';

/** What is used of a server of `ws`. */
interface WebSocketServer {
  readonly options?: { allowSynchronousEvents?: boolean };
}

/** Makes one; there are other implementations of WebSocket (`wsEngine`). */
type WebSocketServerClass = new (options: object) => WebSocketServer;

/** What is used of an engine. */
interface Engine {
  readonly ws?: WebSocketServer;
  readonly opts: { wsEngine: WebSocketServerClass };
}

/**
 * Takes one message of each websocket at a time, and then looks at all others. By itself `ws` takes all that has been read of one
 * in one go: hundreds of messages of one client before anybody else's next one.
 *
 * @see https://github.com/websockets/ws/blob/master/doc/ws.md `allowSynchronousEvents`
 */
export function takeTurns(server: Server['engine']): void {
  const { ws, opts } = server as unknown as Engine;
  // Other implementations have no such option.
  if (ws?.options?.allowSynchronousEvents === undefined) return;
  ws.options.allowSynchronousEvents = false;
  // The engine makes another one each time that the HTTP server begins to listen.
  opts.wsEngine = class extends opts.wsEngine {
    constructor(options: object) {
      super({ ...options, allowSynchronousEvents: false });
    }
  };
}
