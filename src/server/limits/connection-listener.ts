import type { ClientConnection } from './client-connection.js';
import type { EngineConnection, EngineTransport } from './engine-connection.js';

/** What happens to a connection. */
export interface ConnectionHandlers {
  /** A client that polls has opened a websocket beside. */
  readonly onUpgrading: (client: ClientConnection, transport: EngineTransport) => void;
  /** It uses the websocket from now on. */
  readonly onUpgrade: (client: ClientConnection, transport: EngineTransport) => void;
  readonly onClose: (client: ClientConnection, cause: unknown) => void;
}

/**
 * Listens to a connection. One function of each kind for all connections: closures for each would be much of what an idle one
 * costs.
 */
export function connectionListener(
  clientOf: (connection: EngineConnection) => ClientConnection | undefined,
  { onUpgrading, onUpgrade, onClose }: ConnectionHandlers,
): (connection: EngineConnection) => void {
  function upgrading(this: EngineConnection, transport: EngineTransport): void {
    const client = clientOf(this);
    if (client) onUpgrading(client, transport);
  }
  function upgraded(this: EngineConnection, transport: EngineTransport): void {
    const client = clientOf(this);
    if (client) onUpgrade(client, transport);
  }
  function closed(this: EngineConnection, _reason: string, cause: unknown): void {
    const client = clientOf(this);
    if (client) onClose(client, cause);
  }
  return (connection) => {
    connection.on('close', closed);
    // A websocket stays what it is.
    if (connection.transport.socket) return;
    connection.on('upgrading', upgrading);
    connection.on('upgrade', upgraded);
  };
}
