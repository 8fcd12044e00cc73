import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'socket.io';

/** What Engine.IO has read of the request before its middleware is called. */
type EngineRequest = IncomingMessage & { readonly _query?: { readonly sid?: string } };

/** How soon a client may try again, in seconds: on another server, if there is one. */
const RETRY_AFTER_S = 1;

/**
 * Answers who wants a new connection with HTTP status 503 while `isRefusing()`, upgrades too; clients of Socket.IO try again
 * by themselves. Those that are connected go on as before.
 *
 * @param onRefused told of each
 */
export function refuseConnections(io: Server, isRefusing: () => boolean, onRefused: () => void): void {
  io.engine.use((request: EngineRequest, response: ServerResponse, next: (error?: unknown) => void) => {
    if (!isRefusing() || request._query?.sid !== undefined) {
      next();
      return;
    }
    onRefused();
    const { socket, headers } = request;
    if (headers.upgrade === undefined) {
      response.writeHead(503, { 'Retry-After': RETRY_AFTER_S, Connection: 'close' }).end();
    } else {
      // An upgrade has no response yet that could be written.
      socket.end(
        `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_S}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      );
      socket.destroySoon();
    }
  });
}
