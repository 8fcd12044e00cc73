import { Logger } from '@nestjs/common';
import type { Socket } from 'socket.io';

interface WithPackets {
  packet(packet: { readonly type: number; readonly data: readonly unknown[] }): void;
}

const logger = new Logger('SocketGateway');

/** As Socket.IO's parser numbers its packets. */
const EVENT = 2;

/**
 * Tells a client one of the library's own messages, as `socket.emit` does, but never throws: what listeners of the application's to
 * outgoing events throw is logged and keeps nothing from the client, and a connection that cannot be written to is closed.
 */
export function tellClient(socket: Socket, name: string, message: object): void {
  tellOutgoingListeners(socket, () => [name, message]);
  try {
    (socket as unknown as WithPackets).packet({ type: EVENT, data: [name, message] });
  } catch (error) {
    logger.error(`'${name}' could not be sent to a client, whose connection is closed`, told(error));
    closeQuietly(socket);
  }
}

/**
 * Tells the application's listeners to outgoing events of a socket. What they throw is the application's: it must keep the
 * event from nobody.
 *
 * @param args called only where there are listeners
 */
export function tellOutgoingListeners(socket: Socket, args: () => unknown[]): void {
  const listeners = socket.listenersAnyOutgoing();
  if (listeners.length === 0) return;
  for (const listener of [...listeners] as ((...args: unknown[]) => void)[]) {
    try {
      listener(...args());
    } catch (error) {
      logger.error('A listener to outgoing events failed', told(error));
    }
  }
}

function closeQuietly({ conn }: Socket): void {
  try {
    conn.close();
  } catch (error) {
    // Listeners to its end are the application's too.
    logger.error('A listener to the end of a connection failed', told(error));
  }
}

function told(error: unknown): unknown {
  return error instanceof Error ? error.stack : error;
}
