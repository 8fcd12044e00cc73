import type { Socket } from 'socket.io';
import type { DisconnectCode, DisconnectingMessage } from '../../contract/index.js';
import { tellClient } from '../tell-client.js';

/**
 * Closes a connection after telling its client why.
 *
 * Of its own a client of Socket.IO comes back after a connection that broke, and not after one that a server has ended. Where
 * the next handshake decides whether it may, it is to come back: with a newer token, or to be told why not. Nothing that is
 * emitted after this reaches the client, in any namespace of the connection.
 */
export function endSession(socket: Socket, code: DisconnectCode): void {
  tellClient(socket, 'gateway:disconnecting', { code } satisfies DisconnectingMessage);
  if (code === 'DISCONNECTED') socket.disconnect(true);
  else socket.conn.close();
}
