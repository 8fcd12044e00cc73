import type { EngineConnection } from './engine-connection.js';

/** Who is told of the connections of a server, so that not everybody has to listen to each of them. */
export interface ConnectionObserver {
  opened(connection: EngineConnection): void;
  closed(connection: EngineConnection): void;
}
