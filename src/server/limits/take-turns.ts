import type { Server } from 'socket.io';

/** What is used of a server of `ws`. */
interface WebSocketServer {
  readonly options?: { allowSynchronousEvents?: boolean };
}

/**
 * Takes one message of each websocket at a time, and then looks at all others. By itself `ws` takes all that has been read of one
 * in one go: hundreds of messages of one client before anybody else's next one.
 *
 * @see https://github.com/websockets/ws/blob/master/doc/ws.md `allowSynchronousEvents`
 */
export function takeTurns(engine: Server['engine']): void {
  const { options } = (engine as unknown as { readonly ws?: WebSocketServer }).ws ?? {};
  // Other implementations of WebSocket (`wsEngine`) have no such option.
  if (options && 'allowSynchronousEvents' in options) options.allowSynchronousEvents = false;
}
