import type { Server } from 'socket.io';

/** What a websocket of `ws` is. */
export interface WebSocketLike {
  emit(event: string, ...args: unknown[]): boolean;
}

/** What is used of the options of a server of `ws`, which it reads at each new connection. */
export interface WebSocketServerOptions {
  allowSynchronousEvents?: boolean;
  /** Of what its websockets are made. */
  WebSocket?: new (...args: never[]) => WebSocketLike;
}

interface WebSocketServer {
  readonly options?: WebSocketServerOptions;
}

/** What is used of an engine. */
interface Engine {
  readonly ws?: WebSocketServer;
  readonly opts: { wsEngine: new (options: object) => WebSocketServer };
}

/**
 * Changes the options of an engine's server of `ws`, and of each that it makes: another one each time that the HTTP server begins
 * to listen. Other implementations of WebSocket (`wsEngine`) have other options, or none.
 */
export function prepareWebSockets(
  server: Server['engine'],
  prepare: (options: WebSocketServerOptions) => void,
): void {
  const { ws, opts } = server as unknown as Engine;
  if (ws?.options) prepare(ws.options);
  opts.wsEngine = class extends opts.wsEngine {
    constructor(options: object) {
      super(options);
      if (this.options) prepare(this.options);
    }
  };
}
