import type { ClientConnection } from './client-connection.js';
import type { EngineConnection } from './engine-connection.js';

/** What happens on a connection. */
export interface ConnectionHandlers {
  readonly onMessage: (client: ClientConnection, packet: unknown) => void;
  /** A packet that brings no message: a ping, a pong, an upgrade. */
  readonly onOther: (client: ClientConnection) => void;
  /** A client that polls has opened a websocket beside. */
  readonly onUpgrading: (client: ClientConnection, transport: EngineConnection['transport']) => void;
  readonly onClose: (client: ClientConnection, cause: unknown) => void;
}

type Listener = (this: EngineConnection, ...args: never[]) => void;

/**
 * The listeners to the events of connections. One function for all connections: closures for each would be much of what an
 * idle one costs.
 */
export function connectionListeners(
  clientOf: (connection: EngineConnection) => ClientConnection | undefined,
  { onMessage, onOther, onUpgrading, onClose }: ConnectionHandlers,
): Readonly<Record<'data' | 'packet' | 'upgrading' | 'close', Listener>> {
  return {
    data(packet: unknown) {
      const client = clientOf(this);
      if (client) onMessage(client, packet);
    },
    packet({ type }: { readonly type: string }) {
      const client = type === 'message' ? undefined : clientOf(this);
      if (client) onOther(client);
    },
    upgrading(transport: EngineConnection['transport']) {
      const client = clientOf(this);
      if (!client) return;
      onUpgrading(client, transport);
      onOther(client);
    },
    close(_reason: string, cause: unknown) {
      const client = clientOf(this);
      if (client) onClose(client, cause);
    },
  };
}
