import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'socket.io';
import type { EngineConnection } from './engine-connection.js';
import type { LimitReport } from './limit-report.js';

/** The HTTP status with which the polling transport refuses a packet. */
const TOO_LARGE = 413;

/** What is used of the engine. */
interface Engine {
  readonly clients: Readonly<Record<string, EngineConnection | undefined>>;
}

/** A request, as the engine hands it to its middlewares. */
type EngineRequest = IncomingMessage & { readonly _query?: { readonly sid?: unknown } };

/**
 * Looks after what clients send that poll: the next request of one that has sent too much is read when it may send again.
 *
 * @param waitMs for how long nothing is to be read of a client
 */
export function holdPosts(
  engine: Server['engine'],
  report: LimitReport,
  waitMs: (connection: EngineConnection) => number,
): void {
  const held = new WeakSet<EngineConnection>();
  engine.use((request: EngineRequest, response: ServerResponse, next: () => void) => {
    if (request.method !== 'POST') {
      next();
      return;
    }
    response.once('finish', () => {
      // Its only word about it is the status of the answer.
      if (response.statusCode === TOO_LARGE) report.refused('packet-size');
    });
    const connection = connectionFor(request, engine as unknown as Engine);
    const ms = connection ? waitMs(connection) : 0;
    if (!connection || ms === 0) {
      next();
      return;
    }
    // Two at once are against the protocol: the engine would end it too.
    if (held.has(connection)) connection.close(true);
    held.add(connection);
    setTimeout(() => {
      held.delete(connection);
      next();
    }, ms).unref();
  });
}

function connectionFor({ _query }: EngineRequest, { clients }: Engine): EngineConnection | undefined {
  const sid = _query?.sid;
  return typeof sid === 'string' && Object.hasOwn(clients, sid) ? clients[sid] : undefined;
}
