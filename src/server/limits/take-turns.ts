import type { Server } from 'socket.io';
import { prepareWebSockets } from './websocket-servers.js';

/**
 * Takes one message of each websocket at a time, and then looks at all others. By itself `ws` takes all that has been read of one
 * in one go: hundreds of messages of one client before anybody else's next one.
 *
 * @see https://github.com/websockets/ws/blob/master/doc/ws.md `allowSynchronousEvents`
 */
export function takeTurns(engine: Server['engine']): void {
  prepareWebSockets(engine, (options) => {
    // Other implementations have no such option.
    if (options.allowSynchronousEvents !== undefined) options.allowSynchronousEvents = false;
  });
}
