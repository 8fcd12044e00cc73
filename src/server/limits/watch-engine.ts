import type { Server } from 'socket.io';
import type { ClientConnection } from './client-connection.js';
import { connectionListener } from './connection-listener.js';
import { tellControlFrames } from './control-frames.js';
import type { EngineConnection, EnginePacket } from './engine-connection.js';
import { holdPosts } from './hold-posts.js';
import type { InboundFlow } from './inbound-flow.js';
import { IncomingPackets } from './incoming-packets.js';
import type { LimitReport } from './limit-report.js';
import { takeTurns } from './take-turns.js';

/** What is done with what happens at an engine. */
export interface EngineHandlers {
  readonly flow: InboundFlow;
  readonly report: LimitReport;
  clientOf(connection: EngineConnection): ClientConnection | undefined;
  /** A connection has come about; undefined: it may not be, and is closed. */
  opened(connection: EngineConnection): ClientConnection | undefined;
  /** A packet has come in, which the engine gets by the client's `parse` only. */
  received(client: ClientConnection, packet: EnginePacket): void;
  /** Something else has come in that brings no message. */
  other(client: ClientConnection): void;
  closed(client: ClientConnection, cause: unknown): void;
}

/** Stands between an engine and its clients. */
export function watchEngine(engine: Server['engine'], handlers: EngineHandlers): void {
  const { flow, report } = handlers;
  takeTurns(engine);
  holdPosts(engine, report, (connection) => {
    const client = handlers.clientOf(connection);
    return client ? flow.waitMs(client) : 0;
  });
  tellControlFrames(engine, (websocket) => {
    const client = flow.clientOf(websocket);
    if (client) handlers.other(client);
  });
  const packets = new IncomingPackets((client, packet) => handlers.received(client, packet));
  const listen = connectionListener((connection) => handlers.clientOf(connection), {
    onUpgrading: (client, transport) => {
      flow.watch(client, transport);
      handlers.other(client);
    },
    onUpgrade: (client, transport) => packets.take(client, transport),
    onClose: (client, cause) => {
      packets.forget(client);
      flow.forget(client.connection.transport);
      handlers.closed(client, cause);
    },
  });
  engine.on('connection', (connection: EngineConnection) => {
    // Nobody would be told of its end any more.
    if (connection.readyState !== 'open') return;
    const client = handlers.opened(connection);
    if (!client) return connection.close(true);
    packets.take(client, connection.transport);
    flow.watch(client, connection.transport);
    listen(connection);
  });
}
